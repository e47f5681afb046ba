/** `npm start` serves the page on port 4200, beside a service on port 3000. */
export const environment: { service: string | undefined; offline: boolean } = {
  service: 'http://localhost:3000',
  offline: false,
};

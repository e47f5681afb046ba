/** The built page is served by the service itself, so it connects to its own origin, and is kept by a service worker. */
export const environment: { service: string | undefined; offline: boolean } = {
  service: undefined,
  offline: true,
};

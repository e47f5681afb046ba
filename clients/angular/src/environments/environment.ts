/** The built page is served by the service itself, so it connects to its own origin. */
export const environment: { service: string | undefined } = { service: undefined };

/** Lets a service worker serve the page while the service is out of reach. */
import { environment } from '../environments/environment';

const WORKER = 'service-worker.js';

/** What TypeScript's own types do not know yet. */
interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL: (url: string) => string },
  ): { createScriptURL(url: string): string };
}

/** Install the service worker; browsers have it only on pages that came by TLS, or from this machine. */
export async function serveOffline(): Promise<void> {
  if (!environment.offline || !('serviceWorker' in navigator)) return;
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  const policy = trustedTypes?.createPolicy('service-worker', { createScriptURL: () => WORKER });
  await navigator.serviceWorker.register(policy?.createScriptURL(WORKER) ?? WORKER);
}

import { provideZonelessChangeDetection } from '@angular/core';
import { bootstrapApplication } from '@angular/platform-browser';

import { App } from './app/app';
import { serveOffline } from './app/offline';

bootstrapApplication(App, { providers: [provideZonelessChangeDetection()] })
  .then(serveOffline)
  .catch((error: unknown) => console.error(error));

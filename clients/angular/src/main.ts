import { provideZonelessChangeDetection } from '@angular/core';
import { bootstrapApplication } from '@angular/platform-browser';
import { provideRouter, withComponentInputBinding, withHashLocation } from '@angular/router';

import { App } from './app/app';
import { serveOffline } from './app/offline';
import { routes } from './app/routes';

bootstrapApplication(App, {
  providers: [
    provideZonelessChangeDetection(),
    provideRouter(routes, withComponentInputBinding(), withHashLocation()),
  ],
})
  .then(serveOffline)
  .catch((error: unknown) => console.error(error));

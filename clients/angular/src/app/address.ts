/** The filter that the address names behind its `#/`; what names none of them is all. */
import { computed, DOCUMENT, inject, Injectable, signal } from '@angular/core';

import { FILTERS } from './filters';

@Injectable({ providedIn: 'root' })
export class Address {
  private readonly window = inject(DOCUMENT).defaultView as Window;
  private readonly hash = signal(this.window.location.hash);

  readonly filter = computed(
    () => FILTERS.find(({ path }) => `#/${path}` === this.hash()) ?? FILTERS[0],
  );

  constructor() {
    this.window.addEventListener('hashchange', () => this.hash.set(this.window.location.hash));
  }
}

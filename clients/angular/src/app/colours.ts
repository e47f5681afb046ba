/** Light or dark: as the system has it, or as somebody has chosen on this page. */
import { DOCUMENT, inject, Injectable, signal } from '@angular/core';

export const SCHEMES = ['system', 'light', 'dark'] as const;
type Scheme = (typeof SCHEMES)[number];

/** Where the choice outlives the page. */
const KEPT = 'todos: colours';

@Injectable({ providedIn: 'root' })
export class Colours {
  private readonly root = inject(DOCUMENT).documentElement;

  readonly scheme = signal<Scheme>('system');

  constructor() {
    this.choose(kept() ?? 'system');
  }

  /** Show a scheme from now on; what is none is the system's. */
  choose(name: string): void {
    const scheme = SCHEMES.find((each) => each === name) ?? 'system';
    this.scheme.set(scheme);
    this.root.dataset['scheme'] = scheme;
    keep(scheme);
  }
}

/** Browsers may be set to keep nothing; then the choice holds for this page. */
function kept(): string | null {
  try {
    return localStorage.getItem(KEPT);
  } catch {
    return null;
  }
}

function keep(scheme: Scheme): void {
  try {
    localStorage.setItem(KEPT, scheme);
  } catch {
    // as above
  }
}

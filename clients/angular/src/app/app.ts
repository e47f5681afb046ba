/** The page: the todos, and what there is to know about the connection and the last change. */
import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';

import { Colours, SCHEMES } from './colours';
import { Presence } from './presence';
import { TodoList } from './todo-list';
import { quote, TodoStore } from './todo-store';

@Component({
  selector: 'todo-app',
  imports: [TodoList],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <div class="page">
      <main class="todoapp">
        <todo-list />
      </main>
      @if (store.loaded()) {
        <footer class="info">
          <p>Double-click a todo to edit it, or press its pencil</p>
          <p>What you change here, everyone sees</p>
          <p class="here">{{ here() }}</p>
          <p><a href="docs">What programs can do here</a></p>
          <p>
            <label>
              Colours
              <select #scheme (change)="colours.choose(scheme.value)">
                @for (each of schemes; track each) {
                  <option [value]="each" [selected]="each === colours.scheme()">{{ each }}</option>
                }
              </select>
            </label>
          </p>
        </footer>
      }
    </div>
    <aside class="messages" aria-label="Messages">
      <p class="status" role="status">{{ status() }}</p>
      <div
        aria-live="polite"
        (pointerenter)="store.remember()"
        (pointerleave)="store.forgetLater()"
        (focusin)="store.remember()"
        (focusout)="store.forgetLater()"
      >
        @if (deleted(); as what) {
          <p>
            <bdi>{{ what }}</bdi>
            <button type="button" (click)="store.undo()">Undo</button>
          </p>
        }
      </div>
      <div role="alert">
        @if (store.notice(); as notice) {
          <p class="notice">
            <bdi>{{ notice }}</bdi>
            <button type="button" (click)="store.notice.set('')">Dismiss</button>
          </p>
        }
      </div>
    </aside>
  `,
})
export class App {
  protected readonly store = inject(TodoStore);
  private readonly presence = inject(Presence);
  protected readonly colours = inject(Colours);
  protected readonly schemes = SCHEMES;

  protected readonly status = computed(() => {
    const pending = this.store.pending();
    const waiting = `${pending} ${pending === 1 ? 'change waits' : 'changes wait'}`;
    if (this.store.online()) return this.store.resting() ? `Too fast: ${waiting}` : '';
    if (pending) return `Offline: ${waiting}`;
    return this.store.loaded() ? 'Offline' : 'Connecting…';
  });

  protected readonly here = computed(() => {
    const others = this.presence.others();
    if (others === undefined) return '';
    if (others < 1) return 'Nobody else is here';
    return others === 1 ? 'One other is here' : `${others} others are here`;
  });

  protected readonly deleted = computed(() => {
    const [first, ...others] = this.store.deleted();
    if (!first) return '';
    return others.length ? `${others.length + 1} todos deleted.` : `${quote(first.title)} deleted.`;
  });
}

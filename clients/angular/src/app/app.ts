/** The page: the todos, and what there is to know about the connection and the last change. */
import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';
import { RouterOutlet } from '@angular/router';

import { TodoStore } from './todo-store';

@Component({
  selector: 'todo-app',
  imports: [RouterOutlet],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <main class="todoapp">
      <router-outlet />
    </main>
    <footer class="info">
      <p>Double-click to edit a todo</p>
      <p>What you change here, everyone sees</p>
    </footer>
    <aside class="messages" aria-label="Messages">
      <p class="status" role="status">{{ status() }}</p>
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

  protected readonly status = computed(() => {
    if (this.store.online()) return '';
    const pending = this.store.pending();
    if (pending) return `Offline: ${pending} ${pending === 1 ? 'change waits' : 'changes wait'}`;
    return this.store.loaded() ? 'Offline' : 'Connecting…';
  });
}

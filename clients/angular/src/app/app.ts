/** The page: where new todos are typed, the list, and what there is to know about both. */
import { afterNextRender, ChangeDetectionStrategy, Component, computed, type ElementRef, inject, viewChild } from '@angular/core';
import { RouterOutlet } from '@angular/router';

import { objection } from './title';
import { TodoStore } from './todo-store';

@Component({
  selector: 'todo-app',
  imports: [RouterOutlet],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <section class="todoapp">
      <header class="header">
        <h1>todos</h1>
        <input
          #field
          class="new-todo"
          dir="auto"
          placeholder="What needs to be done?"
          aria-label="What needs to be done?"
          autocomplete="off"
          (keydown.enter)="create()"
        />
      </header>
      <router-outlet />
    </section>
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
  private readonly field = viewChild.required<ElementRef<HTMLInputElement>>('field');

  constructor() {
    afterNextRender(() => this.field().nativeElement.focus());
  }

  protected create(): void {
    const field = this.field().nativeElement;
    const title = field.value.trim();
    const wrong = objection(title);
    if (wrong) {
      this.store.notice.set(wrong);
    } else if (title) {
      this.store.create(title);
      field.value = '';
    }
  }

  protected readonly status = computed(() => {
    if (this.store.online()) return '';
    const pending = this.store.pending();
    if (pending) return `Offline: ${pending} ${pending === 1 ? 'change waits' : 'changes wait'}`;
    return this.store.loaded() ? 'Offline' : 'Connecting…';
  });
}

/** The todos that a filter shows, and what can be done to all of them. */
import { ChangeDetectionStrategy, Component, computed, inject, input } from '@angular/core';
import { RouterLink, RouterLinkActive } from '@angular/router';

import { FILTERS } from './filters';
import { TodoRow } from './todo-row';
import { TodoStore } from './todo-store';

@Component({
  selector: 'todo-list',
  imports: [RouterLink, RouterLinkActive, TodoRow],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    @if (store.items().length) {
      <main class="main">
        <input
          #all
          id="toggle-all"
          class="toggle-all"
          type="checkbox"
          [checked]="store.left() === 0"
          (change)="store.toggleAll(all.checked)"
        />
        <label for="toggle-all">Mark all as complete</label>
        <ul class="todo-list">
          @for (item of shown(); track item.key) {
            <li todoRow [item]="item"></li>
          }
        </ul>
      </main>
      <footer class="footer">
        <span class="todo-count">
          <strong>{{ store.left() }}</strong> {{ store.left() === 1 ? 'item' : 'items' }} left
        </span>
        <ul class="filters">
          @for (filter of filters; track filter.path) {
            <li>
              <a
                [routerLink]="'/' + filter.path"
                routerLinkActive="selected"
                ariaCurrentWhenActive="page"
                [routerLinkActiveOptions]="{ exact: true }"
                >{{ filter.name }}</a
              >
            </li>
          }
        </ul>
        @if (store.left() < store.items().length) {
          <button class="clear-completed" type="button" (click)="store.clearCompleted()">
            Clear completed
          </button>
        }
      </footer>
    }
  `,
})
export class TodoList {
  protected readonly store = inject(TodoStore);
  protected readonly filters = FILTERS;

  /** What the address says behind its `#/`. */
  readonly path = input('');

  protected readonly shown = computed(() => {
    const filter = FILTERS.find(({ path }) => path === this.path()) ?? FILTERS[0];
    return this.store.items().filter(filter.shows);
  });
}

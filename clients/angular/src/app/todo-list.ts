/** Where new todos are typed, the todos that a filter shows, and what can be done to all of them. */
import {
  afterNextRender,
  ChangeDetectionStrategy,
  Component,
  computed,
  effect,
  type ElementRef,
  inject,
  viewChild,
} from '@angular/core';

import { Address } from './address';
import { FILTERS } from './filters';
import { Nearby } from './nearby';
import { objection } from './title';
import { TodoRow } from './todo-row';
import { TodoStore } from './todo-store';

@Component({
  selector: 'todo-list',
  imports: [TodoRow],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <header class="header">
      <h1>todos</h1>
      <input
        #field
        class="new-todo"
        dir="auto"
        placeholder="What needs to be done?"
        aria-label="What needs to be done?"
        autocomplete="off"
        (keydown)="pressed($event)"
      />
    </header>
    @if (store.items().length) {
      <section class="main">
        <input
          #all
          id="toggle-all"
          class="toggle-all"
          type="checkbox"
          [checked]="store.left() === 0"
          (change)="store.toggleAll(all.checked)"
        />
        <label for="toggle-all">Mark all as complete</label>
        <div #above [style.height.px]="nearby.part().above"></div>
        <ul #rows class="todo-list">
          @for (item of rendered(); track item.key) {
            <li
              todoRow
              [item]="item"
              [attr.aria-setsize]="nearby.isPartial() ? shown().length : null"
              [attr.aria-posinset]="nearby.isPartial() ? nearby.part().from + $index + 1 : null"
              (deleted)="focus()"
            ></li>
          }
        </ul>
        <div [style.height.px]="nearby.part().below"></div>
      </section>
      <footer class="footer">
        <span class="todo-count">
          <strong>{{ store.left() }}</strong> {{ store.left() === 1 ? 'item' : 'items' }} left
        </span>
        <ul class="filters">
          @for (filter of filters; track filter.path) {
            <li>
              <a
                [href]="'#/' + filter.path"
                [class.selected]="filter === address.filter()"
                [attr.aria-current]="filter === address.filter() ? 'page' : null"
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
  protected readonly address = inject(Address);
  protected readonly filters = FILTERS;

  protected readonly shown = computed(() => this.store.items().filter(this.address.filter().shows));

  private readonly above = viewChild<ElementRef<HTMLElement>>('above');
  private readonly rows = viewChild<ElementRef<HTMLElement>>('rows');
  private readonly count = computed(() => this.shown().length);
  protected readonly nearby = new Nearby(this.count, this.above, this.rows);
  protected readonly rendered = computed(() => {
    const { from, to } = this.nearby.part();
    return this.shown().slice(from, to);
  });

  private readonly field = viewChild.required<ElementRef<HTMLInputElement>>('field');

  constructor() {
    afterNextRender(() => this.focus());
    effect(() => {
      const rows = this.rows()?.nativeElement;
      if (rows) this.nearby.watch(rows);
    });
  }

  protected pressed(event: KeyboardEvent): void {
    // While an input method composes, Enter is its key.
    if (event.key === 'Enter' && !event.isComposing) this.create();
  }

  private create(): void {
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

  protected focus(): void {
    this.field().nativeElement.focus();
  }
}

/** One todo: done or not, its title, a way to change it, a way to be rid of it. */
import {
  afterNextRender,
  ChangeDetectionStrategy,
  Component,
  DestroyRef,
  type ElementRef,
  inject,
  Injector,
  input,
  output,
  signal,
  viewChild,
} from '@angular/core';

import type { Item } from './ledger';
import { objection } from './title';
import { TodoStore } from './todo-store';

@Component({
  selector: 'li[todoRow]',
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: {
    '[class.completed]': 'item().completed',
    '[class.editing]': 'editing()',
  },
  template: `
    @let todo = item();
    <div class="view">
      <input
        #toggle
        class="toggle"
        type="checkbox"
        [attr.aria-label]="'Done: ' + todo.title"
        [checked]="todo.completed"
        (change)="store.toggle(todo, toggle.checked)"
      />
      <label dir="auto" (dblclick)="edit()">{{ todo.title }}</label>
      <button
        #rename
        class="rename"
        type="button"
        [attr.aria-label]="'Edit: ' + todo.title"
        (click)="edit()"
      ></button>
      <button
        class="destroy"
        type="button"
        [attr.aria-label]="'Delete: ' + todo.title"
        (click)="delete()"
      ></button>
    </div>
    @if (editing()) {
      <input
        #field
        class="edit"
        dir="auto"
        [value]="todo.title"
        [attr.aria-label]="'New title of: ' + todo.title"
        (keydown)="pressed($event)"
        (blur)="save()"
      />
    }
  `,
})
export class TodoRow {
  protected readonly store = inject(TodoStore);
  private readonly injector = inject(Injector);
  private readonly destruction = inject(DestroyRef);
  private forgoes: (() => void) | undefined;

  readonly item = input.required<Item>();

  /** The todo was deleted here, so that the focus has to go elsewhere. */
  readonly deleted = output();

  protected readonly editing = signal(false);
  private readonly field = viewChild<ElementRef<HTMLInputElement>>('field');
  private readonly renaming = viewChild.required<ElementRef<HTMLElement>>('rename');

  protected edit(): void {
    this.editing.set(true);
    // The row may go while its title is being edited: another filter, or someone has deleted it.
    this.forgoes ??= this.destruction.onDestroy(() => this.save());
    this.afterRender(() => {
      const field = this.field()?.nativeElement;
      field?.focus(); // not every browser focuses what is selected
      field?.select();
    });
  }

  protected pressed(event: KeyboardEvent): void {
    // While an input method composes, Enter and Escape are its keys.
    if (event.isComposing) return;
    if (event.key === 'Enter' && this.save()) this.focusBack();
    if (event.key === 'Escape') this.cancel();
  }

  /** Take the edit over and end it; gives false if the title can't be taken. */
  protected save(): boolean {
    const field = this.field()?.nativeElement;
    if (!this.editing() || !field) return false;
    const title = field.value.trim();
    const wrong = objection(title);
    if (wrong) {
      this.store.notice.set(wrong);
      return false;
    }
    this.editing.set(false);
    if (!title) this.delete();
    else if (title !== this.item().title) this.store.rename(this.item(), title);
    return true;
  }

  private cancel(): void {
    this.editing.set(false);
    this.focusBack();
  }

  protected delete(): void {
    this.store.delete(this.item());
    this.deleted.emit();
  }

  private focusBack(): void {
    this.afterRender(() => this.renaming().nativeElement.focus());
  }

  private afterRender(act: () => void): void {
    afterNextRender({ write: act }, { injector: this.injector });
  }
}

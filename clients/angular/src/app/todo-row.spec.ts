import { ComponentFixture, TestBed } from '@angular/core/testing';

import { find } from '../testing/find';
import { Service } from '../testing/service';
import { MILK } from '../testing/todos';
import { TodoRow } from './todo-row';
import { TODO_SOCKET } from './todo-socket';
import { TodoStore } from './todo-store';

let service: Service;
let store: TodoStore;
let fixture: ComponentFixture<TodoRow>;
let row: HTMLElement;

beforeEach(async () => {
  service = new Service();
  TestBed.configureTestingModule({
    providers: [{ provide: TODO_SOCKET, useValue: service.socket }],
  });
  store = TestBed.inject(TodoStore);
  service.holds(MILK);
  fixture = TestBed.createComponent(TodoRow);
  row = fixture.nativeElement as HTMLElement;
  await show();
});

/** Show the todo as it is now. */
async function show(): Promise<void> {
  fixture.componentRef.setInput('item', store.items()[0]);
  await fixture.whenStable();
}

/** Double-click on the title, and write another. */
async function edit(title: string): Promise<HTMLInputElement> {
  find(row, 'label').dispatchEvent(new MouseEvent('dblclick'));
  await fixture.whenStable();
  const field = find<HTMLInputElement>(row, '.edit');
  field.value = title;
  return field;
}

async function press(key: string, options: KeyboardEventInit = {}): Promise<void> {
  find(row, '.edit').dispatchEvent(new KeyboardEvent('keydown', { key, ...options }));
  await fixture.whenStable();
}

function editing(): boolean {
  return row.querySelector('.edit') !== null;
}

describe('a todo', () => {
  it('shows its title as text, and names it to who can not see', () => {
    expect(find(row, 'label').textContent).toBe('Buy milk');
    expect(find(row, '.toggle').getAttribute('aria-label')).toBe('Done: Buy milk');
    expect(find(row, '.rename').getAttribute('aria-label')).toBe('Edit: Buy milk');
    expect(find(row, '.destroy').getAttribute('aria-label')).toBe('Delete: Buy milk');
    expect(find(row, 'label').dir).toBe('auto');
  });

  it('is toggled by its circle, and toggled back when that is refused', async () => {
    find(row, '.toggle').click();
    await show();
    expect(row.classList).toContain('completed');
    expect(service.answers('todo:update', { error: 'too many todos' })).toEqual([
      { ...MILK, completed: true },
    ]);
    await show();
    expect(row.classList).not.toContain('completed');
    expect(find<HTMLInputElement>(row, '.toggle').checked).toBe(false);
  });

  it('is deleted by its cross, which says so to its list', () => {
    const deleted = vi.fn();
    fixture.componentInstance.deleted.subscribe(deleted);
    find(row, '.destroy').click();
    expect(service.open).toEqual([['todo:delete', MILK.id]]);
    expect(deleted).toHaveBeenCalledOnce();
  });
});

describe('an edit', () => {
  it('starts with the whole title selected', async () => {
    find(row, 'label').dispatchEvent(new MouseEvent('dblclick'));
    await fixture.whenStable();
    const field = find<HTMLInputElement>(row, '.edit');
    expect(document.activeElement).toBe(field);
    expect([field.value, field.selectionStart, field.selectionEnd]).toEqual(['Buy milk', 0, 8]);
    expect(row.classList).toContain('editing');
  });

  it('starts from the keyboard as well, and gives the focus back', async () => {
    find(row, '.rename').click();
    await fixture.whenStable();
    await press('Escape');
    expect(document.activeElement).toBe(find(row, '.rename'));
  });

  it('is saved trimmed by Enter', async () => {
    await edit('  Buy tea ');
    await press('Enter');
    expect(editing()).toBe(false);
    expect(service.open).toEqual([['todo:update', { ...MILK, title: 'Buy tea' }]]);
  });

  it('is saved by leaving the field, once', async () => {
    const field = await edit('Buy tea');
    field.blur();
    await fixture.whenStable();
    expect(editing()).toBe(false);
    expect(service.open).toEqual([['todo:update', { ...MILK, title: 'Buy tea' }]]);
  });

  it('is dropped by Escape', async () => {
    await edit('Buy tea');
    await press('Escape');
    expect(editing()).toBe(false);
    expect(service.open).toEqual([]);
  });

  it('that changes nothing asks nothing', async () => {
    await edit(' Buy milk ');
    await press('Enter');
    expect(editing()).toBe(false);
    expect(service.open).toEqual([]);
  });

  it('that leaves nothing deletes', async () => {
    await edit('   ');
    await press('Enter');
    expect(service.open).toEqual([['todo:delete', MILK.id]]);
  });

  it('goes on while an input method composes', async () => {
    await edit('牛');
    await press('Enter', { isComposing: true });
    await press('Escape', { isComposing: true });
    expect(editing()).toBe(true);
    expect(service.open).toEqual([]);
  });

  it('goes on with a title that is too long, and says why', async () => {
    await edit('x'.repeat(257));
    await press('Enter');
    expect(editing()).toBe(true);
    expect(store.notice()).toContain('at most 256 characters');
    expect(service.open).toEqual([]);
  });

  it('is saved when the row goes, as under another filter', async () => {
    await edit('Buy tea');
    fixture.destroy();
    expect(service.open).toEqual([['todo:update', { ...MILK, title: 'Buy tea' }]]);
  });
});

import { ComponentFixture, TestBed } from '@angular/core/testing';
import type { Todo } from 'todo-service-events';

import { find } from '../testing/find';
import { Service } from '../testing/service';
import { CALL, MILK } from '../testing/todos';
import { TodoList } from './todo-list';
import { TODO_SOCKET } from './todo-socket';
import { TodoStore } from './todo-store';

let service: Service;
let store: TodoStore;
let fixture: ComponentFixture<TodoList>;
let page: HTMLElement;

/** jsdom lays nothing out, so that there is nothing to observe. */
class ResizeObserver {
  observe(): void {}
  disconnect(): void {}
}

beforeEach(async () => {
  vi.stubGlobal('ResizeObserver', ResizeObserver);
  service = new Service();
  TestBed.configureTestingModule({
    providers: [{ provide: TODO_SOCKET, useValue: service.socket }],
  });
  store = TestBed.inject(TodoStore);
  fixture = TestBed.createComponent(TodoList);
  await fixture.whenStable();
  page = fixture.nativeElement as HTMLElement;
});

async function hold(...todos: Todo[]): Promise<void> {
  service.holds(...todos);
  await fixture.whenStable();
}

function texts(selector: string): string[] {
  const squeeze = (text: string | null) => (text ?? '').replace(/\s+/g, ' ').trim();
  return [...page.querySelectorAll(selector)].map((each) => squeeze(each.textContent));
}

async function write(title: string, options: KeyboardEventInit = {}): Promise<void> {
  const field = find<HTMLInputElement>(page, '.new-todo');
  field.value = title;
  field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', ...options }));
  await fixture.whenStable();
}

async function click(selector: string): Promise<void> {
  find(page, selector).click();
  await fixture.whenStable();
}

async function go(hash: string): Promise<void> {
  location.hash = hash;
  window.dispatchEvent(new Event('hashchange'));
  await fixture.whenStable();
}

describe('a new todo', () => {
  it('is created trimmed by Enter, and leaves the field empty', async () => {
    await hold();
    await write('  Sleep\t');
    expect(service.open).toMatchObject([['todo:create', { title: 'Sleep', completed: false }]]);
    expect(find<HTMLInputElement>(page, '.new-todo').value).toBe('');
    expect(texts('.todo-list label')).toEqual(['Sleep']);
  });

  it.each(['', '   '])('is not created of nothing: %o', async (title) => {
    await hold();
    await write(title);
    expect(service.open).toEqual([]);
  });

  it('is not created by another key, nor by the Enter of an input method', async () => {
    await hold();
    await write('牛', { isComposing: true });
    await write('x', { key: 'a' });
    expect(service.open).toEqual([]);
    expect(find<HTMLInputElement>(page, '.new-todo').value).toBe('x');
  });

  it('that is too long stays where it is typed, and it is said why', async () => {
    await hold();
    await write('x'.repeat(257));
    expect(find<HTMLInputElement>(page, '.new-todo').value).toHaveLength(257);
    expect(store.notice()).toContain('at most 256 characters');
  });
});

describe('the list', () => {
  it('is nothing but the field without todos', async () => {
    await hold();
    expect(page.querySelector('.main, .footer')).toBeNull();
  });

  it.each([
    [[MILK], '1 item left'],
    [[MILK, { ...CALL, completed: false }], '2 items left'],
    [[CALL], '0 items left'],
  ])('counts what is left', async (todos, count) => {
    await hold(...todos);
    expect(texts('.todo-count')).toEqual([count]);
  });

  it('toggles all, and knows when all are done', async () => {
    await hold(MILK, CALL);
    expect(find<HTMLInputElement>(page, '.toggle-all').checked).toBe(false);
    await click('.toggle-all');
    expect(service.answers('todo:update')).toEqual([{ ...MILK, completed: true }]);
    await fixture.whenStable();
    expect(find<HTMLInputElement>(page, '.toggle-all').checked).toBe(true);
    await click('.toggle-all');
    expect(texts('.todo-list .completed label')).toEqual([]);
  });

  it('clears what is done, and only offers it then', async () => {
    await hold(MILK, CALL);
    await click('.clear-completed');
    expect(service.open).toEqual([['todo:delete', CALL.id]]);
    expect(texts('.todo-list label')).toEqual(['Buy milk']);
    expect(page.querySelector('.clear-completed')).toBeNull();
  });

  it('keeps the row of a new todo when its ack comes', async () => {
    await hold();
    await write('Buy milk');
    const row = find(page, '.todo-list li');
    service.answers('todo:create', { data: MILK.id });
    await fixture.whenStable();
    expect(find(page, '.todo-list li')).toBe(row);
  });

  it('takes the focus back to the field when a todo is deleted', async () => {
    await hold(MILK, CALL);
    await click('.todo-list .destroy');
    expect(document.activeElement).toBe(find(page, '.new-todo'));
  });
});

describe('a long list', () => {
  const many = Array.from({ length: 1000 }, (_, number): Todo => {
    return { ...MILK, id: MILK.id.replace('8c6e', String(1000 + number)), title: `Todo ${number}` };
  });

  it('has rows near the window only, and says where they are in it', async () => {
    await hold(...many);
    expect(texts('.todo-count')).toEqual(['1000 items left']);
    const rows = [...page.querySelectorAll('.todo-list li')];
    expect(rows.length).toBeLessThan(100);
    expect(rows[1]?.getAttribute('aria-setsize')).toBe('1000');
    expect(rows[1]?.getAttribute('aria-posinset')).toBe('2');
    const below = find(page, '.main > :last-child').style.height;
    expect(parseInt(below)).toBe(60 * (1000 - rows.length));
  });

  it('has all rows, and no numbers on them, up to 300', async () => {
    await hold(...many.slice(0, 300));
    const rows = [...page.querySelectorAll('.todo-list li')];
    expect(rows).toHaveLength(300);
    expect(rows[1]?.hasAttribute('aria-setsize')).toBe(false);
  });
});

describe('the address', () => {
  afterEach(() => history.replaceState(null, '', '#'));

  it.each([
    ['', ['Buy milk', 'Call Ada'], 'All'],
    ['#/', ['Buy milk', 'Call Ada'], 'All'],
    ['#/active', ['Buy milk'], 'Active'],
    ['#/completed', ['Call Ada'], 'Completed'],
    ['#/elsewhere', ['Buy milk', 'Call Ada'], 'All'],
  ])('%s shows %o', async (hash, shown, name) => {
    await hold(MILK, CALL);
    await go(hash);
    expect(texts('.todo-list label')).toEqual(shown);
    expect(texts('.filters .selected')).toEqual([name]);
    expect(texts('.filters [aria-current=page]')).toEqual([name]);
  });

  it('keeps the rows that both filters show', async () => {
    await hold(MILK, CALL);
    const row = find(page, '.todo-list li');
    await go('#/active');
    expect(find(page, '.todo-list li')).toBe(row);
  });
});

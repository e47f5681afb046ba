import { TestBed } from '@angular/core/testing';
import type { ErrorResponse, Todo } from 'todo-service-events';

import { Service } from '../testing/service';
import { CALL, MILK } from '../testing/todos';
import type { Item, Kept } from './ledger';
import { SHELF, type Shelf } from './shelf';
import { TODO_SOCKET } from './todo-socket';
import { TodoStore } from './todo-store';

const idempotencyKey: unknown = expect.any(String);

/** What a browser keeps, without the browser. */
class Memory implements Shelf {
  todos: readonly Todo[] | undefined;
  changes: () => readonly Kept[] = () => [];
  others: readonly Kept[] = [];

  list = () => Promise.resolve(this.todos);
  keepList = (todos: readonly Todo[]) => {
    this.todos = todos;
    return Promise.resolve();
  };
  keepChanges = (changes: () => readonly Kept[]) => {
    this.changes = changes;
  };
  inherit = (take: (changes: readonly Kept[]) => void) => {
    take(this.others);
    this.others = [];
    return Promise.resolve();
  };
}

let service: Service;
let shelf: Memory;
let store: TodoStore;

beforeEach(() => {
  vi.useFakeTimers();
  service = new Service();
  shelf = new Memory();
  TestBed.configureTestingModule({
    providers: [
      { provide: TODO_SOCKET, useValue: service.socket },
      { provide: SHELF, useValue: shelf },
    ],
  });
  store = TestBed.inject(TodoStore);
});

afterEach(() => vi.useRealTimers());

function titles(): string[] {
  return store.items().map(({ title }) => title);
}

/** The todo of a title, as the screen has it. */
function item(title: string): Item {
  const found = store.items().find((each) => each.title === title);
  if (!found) throw new Error(`${title} is not shown`);
  return found;
}

describe('a change of this screen', () => {
  beforeEach(() => service.holds(MILK, CALL));

  it('shows at once, and stays when the service takes it', () => {
    store.rename(item('Buy milk'), 'Buy tea');
    expect(titles()).toEqual(['Buy tea', 'Call Ada']);
    const asked = service.answers('todo:update');
    expect(asked).toEqual([{ ...MILK, title: 'Buy tea' }]);
    expect(titles()).toEqual(['Buy tea', 'Call Ada']);
    expect(store.pending()).toBe(0);
  });

  it.each<[ErrorResponse, string]>([
    [{ error: 'entity not found' }, 'someone has deleted it'],
    [{ error: 'too many todos' }, 'the list is full'],
    [{ error: 'an unknown error has occurred' }, 'the service failed'],
    [{ error: 'invalid payload' }, 'invalid payload'],
    [
      {
        error: 'invalid payload',
        errorDetails: [
          { message: '"title" is wrong', path: ['title'], type: 'string.base' },
          { message: '"id" is wrong', path: ['id'], type: 'string.guid' },
        ],
      },
      '"title" is wrong, "id" is wrong',
    ],
  ])('is rolled back when the service says %o', (refusal, reason) => {
    store.toggle(item('Buy milk'), true);
    expect(store.left()).toBe(0);
    service.answers('todo:update', refusal);
    expect(store.left()).toBe(1);
    expect(store.notice()).toBe(`“Buy milk” was not saved: ${reason}.`);
  });

  it('is rolled back when the service does not answer, which then is left for a while', () => {
    store.create('Sleep');
    service.ignores('todo:create');
    expect(titles()).toEqual(['Buy milk', 'Call Ada']);
    expect(store.notice()).toBe('“Sleep” was not saved: the service did not answer.');
    expect(store.online()).toBe(false);
    expect(service.awaited).toBe(false);
    vi.runAllTimers();
    service.holds(MILK, CALL);
    expect(store.online()).toBe(true);
  });

  it('is called by the beginning of its title when that is long', () => {
    store.create('🐄'.repeat(41));
    service.answers('todo:create', { error: 'an unknown error has occurred' });
    expect(store.notice()).toBe(`“${'🐄'.repeat(40)}…” was not saved: the service failed.`);
  });

  it('takes back what was said of the one before', () => {
    store.create('Sleep');
    service.answers('todo:create', { error: 'too many todos' });
    store.create('Sleep');
    expect(store.notice()).toBe('');
  });

  it('of a new todo waits for its id, and is sent then', () => {
    store.create('Sleep');
    store.toggle(item('Sleep'), true);
    store.rename(item('Sleep'), 'Sleep well');
    expect(service.open).toEqual([
      ['todo:create', { title: 'Sleep', completed: false, idempotencyKey }],
    ]);
    const id = '2d1f3e5a-0b7c-4d9e-8f60-718293a4b5c6';
    service.answers('todo:create', { data: id });
    expect(service.open).toEqual([
      ['todo:update', { id, title: 'Sleep', completed: true }],
      ['todo:update', { id, title: 'Sleep well', completed: true }],
    ]);
    service.answers('todo:update');
    service.answers('todo:update');
    expect(store.items().at(-1)).toMatchObject({ title: 'Sleep well', completed: true });
  });

  it('of a new todo that was refused goes with it', () => {
    store.create('Sleep');
    store.toggle(item('Sleep'), true);
    service.answers('todo:create', { error: 'too many todos' });
    expect(titles()).toEqual(['Buy milk', 'Call Ada']);
    expect(service.open).toEqual([]);
    expect(store.pending()).toBe(0);
    expect(store.notice()).toBe('“Sleep” was not saved: the list is full.');
  });

  it('deletes what someone else has deleted as well, without a word', () => {
    store.delete(item('Buy milk'));
    service.broadcasts('todo:deleted', MILK.id);
    service.answers('todo:delete', { error: 'entity not found' });
    expect(titles()).toEqual(['Call Ada']);
    expect(store.notice()).toBe('');
  });

  it('brings back what it could not delete', () => {
    store.delete(item('Buy milk'));
    expect(titles()).toEqual(['Call Ada']);
    service.answers('todo:delete', { error: 'an unknown error has occurred' });
    expect(titles()).toEqual(['Buy milk', 'Call Ada']);
    expect(store.notice()).toBe('“Buy milk” was not saved: the service failed.');
    expect(store.deleted()).toEqual([]);
  });
});

describe('a service that was sent too much in a second', () => {
  beforeEach(() => service.holds(MILK));

  it('is sent the change again, and nothing else meanwhile', () => {
    store.toggle(item('Buy milk'), true);
    service.answers('todo:update', { error: 'too many events' });
    store.create('Sleep');
    expect([store.resting(), store.pending(), store.left()]).toEqual([true, 2, 1]);
    expect(service.open).toEqual([]);
    vi.runAllTimers();
    expect(store.resting()).toBe(false);
    expect(service.open).toEqual([
      ['todo:update', { ...MILK, completed: true }],
      ['todo:create', { title: 'Sleep', completed: false, idempotencyKey }],
    ]);
    expect(store.notice()).toBe('');
  });

  it('is sent 500 events before it has answered one', () => {
    for (let number = 0; number < 501; number++) store.create(`Todo ${number}`);
    expect(service.open).toHaveLength(500);
    service.answers('todo:create', { data: CALL.id });
    expect(service.open.at(-1)).toMatchObject(['todo:create', { title: 'Todo 500' }]);
  });
});

describe('a deletion', () => {
  beforeEach(() => service.holds(MILK, CALL));

  it('is undone by a new todo that is alike', () => {
    store.delete(item('Call Ada'));
    service.answers('todo:delete');
    store.undo();
    expect(store.deleted()).toEqual([]);
    expect(service.open).toEqual([
      ['todo:create', { title: 'Call Ada', completed: true, idempotencyKey }],
    ]);
  });

  it('that waits for a connection is undone without a trace', () => {
    service.breaks();
    store.clearCompleted();
    store.undo();
    expect(titles()).toEqual(['Buy milk', 'Call Ada']);
    service.holds(MILK, CALL);
    expect(service.open).toEqual([]);
  });

  it('can be undone for some seconds, and for as long as somebody is about to', () => {
    store.delete(item('Buy milk'));
    store.remember();
    vi.runAllTimers();
    expect(store.deleted()).toHaveLength(1);
    store.forgetLater();
    vi.runAllTimers();
    expect(store.deleted()).toEqual([]);
  });
});

describe('a change of all', () => {
  beforeEach(() => service.holds(MILK, CALL));

  it('toggles only what differs', () => {
    store.toggleAll(true);
    expect(service.open).toEqual([['todo:update', { ...MILK, completed: true }]]);
    store.toggleAll(false);
    expect(store.left()).toBe(2);
  });

  it('clears only what is done', () => {
    store.clearCompleted();
    expect(service.open).toEqual([['todo:delete', CALL.id]]);
    expect(titles()).toEqual(['Buy milk']);
  });

  it('rolls back the one that is refused, and no other', () => {
    service.broadcasts('todo:updated', { ...CALL, completed: false });
    store.toggleAll(true);
    service.answers('todo:update', { error: 'an unknown error has occurred' });
    service.answers('todo:update');
    expect(store.items().map(({ completed }) => completed)).toEqual([false, true]);
  });
});

describe('what others do', () => {
  beforeEach(() => service.holds(MILK));

  it('shows at once', () => {
    service.broadcasts('todo:created', CALL);
    service.broadcasts('todo:updated', { ...MILK, title: 'Buy tea' });
    expect(titles()).toEqual(['Buy tea', 'Call Ada']);
    service.broadcasts('todo:deleted', MILK.id);
    expect(titles()).toEqual(['Call Ada']);
  });

  it('comes after the ack that it followed, and is not lost', () => {
    store.create('Call Ada');
    const { key } = item('Call Ada');
    service.answers('todo:create', { data: CALL.id });
    service.broadcasts('todo:updated', CALL);
    expect(store.items().at(-1)).toEqual({ key, title: CALL.title, completed: true });
    store.rename(item('Buy milk'), 'Buy tea');
    service.answers('todo:update');
    service.broadcasts('todo:deleted', MILK.id);
    expect(titles()).toEqual(['Call Ada']);
  });

  it('ends an edit of what is gone, and says so', () => {
    const gone = item('Buy milk');
    service.broadcasts('todo:deleted', MILK.id);
    store.rename(gone, 'Buy tea');
    expect(titles()).toEqual([]);
    expect(service.open).toEqual([]);
    expect(store.notice()).toBe('“Buy tea” was not saved: someone has deleted it.');
  });
});

describe('what outlives the page', () => {
  const toggled: Kept = {
    kind: 'update',
    key: MILK.id,
    id: MILK.id,
    title: MILK.title,
    to: { completed: true },
    again: false,
  };

  it('is the list as it was when it was last known, and each change without an ack', () => {
    service.holds(MILK);
    service.broadcasts('todo:created', CALL);
    service.breaks();
    store.toggle(item('Buy milk'), true);
    expect(shelf.todos).toEqual([MILK, CALL]);
    expect(shelf.changes()).toEqual([toggled]);
  });

  it.each([
    ['can not be reached', () => service.refuses()],
    ['does not answer soon', () => vi.runAllTimers()],
  ])('is shown while the service %s', async (_, happens) => {
    shelf.todos = [MILK];
    shelf.others = [toggled];
    happens();
    await vi.waitFor(() => expect(store.loaded()).toBe(true));
    expect(store.items()).toMatchObject([{ title: 'Buy milk', completed: true }]);
    expect([store.online(), store.pending()]).toEqual([false, 1]);
    service.holds(MILK, CALL);
    expect(service.open).toEqual([['todo:update', { ...MILK, completed: true }]]);
  });

  it('is not shown when the list is there', async () => {
    shelf.todos = [CALL];
    service.holds(MILK);
    service.refuses();
    await Promise.resolve();
    expect(titles()).toEqual(['Buy milk']);
  });

  it('is sent by the page that takes it over', () => {
    shelf.others = [{ kind: 'create', key: 'a', title: 'Sleep', completed: true, again: true }];
    service.holds();
    expect(service.open).toEqual([
      ['todo:create', { title: 'Sleep', completed: true, idempotencyKey: 'a' }],
    ]);
    expect(shelf.changes()).toHaveLength(1);
    service.answers('todo:create', { data: MILK.id });
    expect(shelf.changes()).toEqual([]);
  });
});

describe('without a connection', () => {
  it('nothing is known until the list is there', () => {
    expect([store.online(), store.loaded()]).toEqual([false, false]);
    service.accepts();
    expect([store.online(), store.loaded()]).toEqual([false, false]);
    service.answers('todo:list', { data: [MILK] });
    expect([store.online(), store.loaded()]).toEqual([true, true]);
    expect(titles()).toEqual(['Buy milk']);
  });

  it('changes show and wait, and are sent after the list', () => {
    service.holds(MILK);
    service.breaks();
    store.create('Sleep');
    store.toggle(item('Buy milk'), true);
    expect([store.online(), store.pending()]).toEqual([false, 2]);
    expect(titles()).toEqual(['Buy milk', 'Sleep']);
    service.accepts();
    expect(service.open).toEqual([['todo:list']]);
    service.answers('todo:list', { data: [CALL, MILK] });
    expect(titles()).toEqual(['Call Ada', 'Buy milk', 'Sleep']);
    expect(service.open).toEqual([
      ['todo:create', { title: 'Sleep', completed: false, idempotencyKey }],
      ['todo:update', { ...MILK, completed: true }],
    ]);
  });

  it('what others have deleted meanwhile can not be changed, and that is said', () => {
    service.holds(MILK, CALL);
    service.breaks();
    store.rename(item('Buy milk'), 'Buy tea');
    store.delete(item('Call Ada'));
    service.holds();
    expect(titles()).toEqual([]);
    expect(service.open).toEqual([]);
    expect(store.notice()).toBe('“Buy tea” was not saved: someone has deleted it.');
  });

  it('an ack that was lost makes no duplicate: the new todo is sent again with its key', () => {
    service.holds();
    store.create('Buy milk');
    const { key } = item('Buy milk');
    const create = ['todo:create', { title: 'Buy milk', completed: false, idempotencyKey: key }];
    expect(service.open).toEqual([create]);
    service.breaks();
    service.holds(MILK);
    expect(service.open).toEqual([create]);
    service.answers('todo:create', { data: MILK.id });
    expect(store.items()).toMatchObject([{ key, title: 'Buy milk' }]);
    service.answers('todo:list', { data: [MILK] });
    expect(store.items()).toMatchObject([{ key, title: 'Buy milk' }]);
    expect(service.open).toEqual([]);
  });

  it('what was deleted before its ack came the second time is not shown', () => {
    service.holds();
    store.create('Buy milk');
    service.breaks();
    service.holds();
    service.answers('todo:create', { data: MILK.id });
    service.answers('todo:list', { data: [] });
    expect(titles()).toEqual([]);
  });

  it('a change that did not arrive is sent again', () => {
    service.holds(MILK);
    store.create('Sleep');
    store.delete(item('Buy milk'));
    service.breaks();
    expect(titles()).toEqual(['Sleep']);
    service.holds(MILK);
    expect(service.open).toEqual([
      ['todo:create', { title: 'Sleep', completed: false, idempotencyKey }],
      ['todo:delete', MILK.id],
    ]);
  });

  it('a change of what was created without ack is sent to the id that it has', () => {
    service.holds();
    store.create('Buy milk');
    store.toggle(item('Buy milk'), true);
    service.breaks();
    service.holds(MILK);
    service.answers('todo:create', { data: MILK.id });
    expect(service.open).toEqual([['todo:update', { ...MILK, completed: true }], ['todo:list']]);
  });

  it('a connection that breaks before the list does not count', () => {
    service.accepts();
    service.breaks();
    expect(store.online()).toBe(false);
    service.holds(MILK);
    expect(store.online()).toBe(true);
  });

  it.each([
    ['refused', () => service.answers('todo:list', { error: 'an unknown error has occurred' })],
    ['not answered', () => service.ignores('todo:list')],
  ])('a list that is %s is asked for again after a pause', (_, fails) => {
    service.accepts();
    fails();
    expect(store.online()).toBe(false);
    expect(service.awaited).toBe(false);
    vi.runAllTimers();
    service.holds(MILK);
    expect(titles()).toEqual(['Buy milk']);
  });

  it('a service that closed the connection is asked for another', () => {
    service.holds(MILK);
    service.breaks('io server disconnect');
    expect(service.awaited).toBe(true);
  });
});

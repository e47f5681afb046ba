import type { Todo } from 'todo-service-events';

import { CALL, MILK } from '../testing/todos';
import { Ledger, type Change, type Creation, type Item, type Kept } from './ledger';

/** A ledger that knows of these todos. */
function knowing(...todos: Todo[]): Ledger {
  const ledger = new Ledger();
  ledger.list(todos);
  return ledger;
}

/** Everything that can be sent. */
function ready(ledger: Ledger): Change[] {
  return ledger.changed().flatMap((key) => ledger.ready(key));
}

/** Everything that can never be sent. */
function stranded(ledger: Ledger): Change[] {
  return ledger.changed().flatMap((key) => ledger.stranded(key));
}

/** A todo as the screen has it. */
function shown({ title, completed }: Todo, key: string): Item {
  return { key, title, completed };
}

/** Send everything that can be sent. */
function sent(ledger: Ledger): Change[] {
  const changes = ready(ledger);
  for (const change of changes) change.state = 'sent';
  return changes;
}

function only<T>(things: readonly T[]): T {
  expect(things).toHaveLength(1);
  return things[0] as T;
}

function titles(ledger: Ledger): string[] {
  return ledger.items().map(({ title }) => title);
}

function created(change: Change): Creation {
  if (change.kind !== 'create') throw new Error(`${change.title} is no new todo`);
  return change;
}

describe('what is wanted', () => {
  it('shows at once, before the service knows of it', () => {
    const ledger = knowing(MILK, CALL);
    const [milk, call] = ledger.items() as [Item, Item];
    ledger.create('Sleep');
    ledger.update(milk, { completed: true });
    ledger.delete(call);
    expect(ledger.items().map(({ title, completed }) => [title, completed])).toEqual([
      ['Buy milk', true],
      ['Sleep', false],
    ]);
    expect(ledger.pending()).toBe(3);
  });

  it('is rolled back when it will not be carried out', () => {
    const ledger = knowing(MILK);
    ledger.update(only(ledger.items()), { title: 'Buy tea' });
    expect(titles(ledger)).toEqual(['Buy tea']);
    ledger.withdraw(only(ready(ledger)));
    expect(titles(ledger)).toEqual(['Buy milk']);
    expect(ledger.pending()).toBe(0);
  });

  it('is rolled back alone: what was wanted of the same todo besides stays', () => {
    const ledger = knowing(MILK);
    ledger.update(only(ledger.items()), { title: 'Buy tea' });
    ledger.update(only(ledger.items()), { completed: true });
    const [renaming] = ready(ledger) as [Change];
    ledger.withdraw(renaming);
    expect(ledger.items()).toEqual([{ ...shown(MILK, MILK.id), completed: true }]);
  });

  it('builds on what was wanted of the same todo before', () => {
    const ledger = knowing(MILK);
    ledger.update(only(ledger.items()), { title: 'Buy tea' });
    ledger.update(only(ledger.items()), { completed: true });
    const [renaming, toggling] = ready(ledger) as [Change, Change];
    expect(ledger.after(renaming)).toEqual({ ...MILK, title: 'Buy tea' });
    expect(ledger.after(toggling)).toEqual({ ...MILK, title: 'Buy tea', completed: true });
  });

  it('of a todo without an id waits for the id', () => {
    const ledger = knowing();
    ledger.create('Buy milk');
    ledger.update(only(ledger.items()), { completed: true });
    const creating = created(only(sent(ledger)));
    expect(ready(ledger)).toEqual([]);
    ledger.created(creating, MILK.id);
    ledger.forget(creating);
    expect(ledger.after(only(ready(ledger)))).toEqual({ ...MILK, completed: true });
  });

  it('of a new todo that will not be created goes with it', () => {
    const ledger = knowing();
    ledger.create('Buy milk');
    ledger.update(only(ledger.items()), { completed: true });
    ledger.withdraw(only(ready(ledger)));
    expect(ledger.items()).toEqual([]);
    expect(ledger.pending()).toBe(0);
  });

  it('is stranded when its todo is gone, and shows nothing', () => {
    const ledger = knowing(MILK);
    ledger.update(only(ledger.items()), { title: 'Buy tea' });
    ledger.drop(MILK.id);
    expect(titles(ledger)).toEqual([]);
    expect(ready(ledger)).toEqual([]);
    expect(only(stranded(ledger)).title).toBe('Buy tea');
  });

  it('is not stranded while its todo is still to be created', () => {
    const ledger = knowing();
    ledger.create('Buy milk');
    ledger.update(only(ledger.items()), { completed: true });
    sent(ledger);
    expect(stranded(ledger)).toEqual([]);
  });
});

describe('what is deleted and wanted back', () => {
  it('is there again under its key while the deletion has not been sent', () => {
    const ledger = knowing(MILK);
    const milk = only(ledger.items());
    ledger.delete(milk);
    expect(ledger.restore(milk)).toBe(MILK.id);
    expect(ledger.items()).toEqual([milk]);
    expect(ledger.pending()).toBe(0);
  });

  it('is created anew once the deletion was sent', () => {
    const ledger = knowing(CALL);
    const call = only(ledger.items());
    ledger.delete(call);
    sent(ledger);
    const key = ledger.restore(call);
    expect(ledger.items()).toEqual([shown(CALL, key)]);
    expect(only(ready(ledger))).toMatchObject({ kind: 'create', key, completed: true });
  });
});

describe('what outlives the page', () => {
  /** What another page takes over. */
  function reopened(ledger: Ledger, ...todos: Todo[]): Ledger {
    const other = knowing(...todos);
    other.inherit(JSON.parse(JSON.stringify(ledger.kept())) as Kept[]);
    return other;
  }

  it('is wanted again, of the same todos', () => {
    const ledger = knowing(MILK);
    ledger.create('Sleep');
    const [milk, sleep] = ledger.items() as [Item, Item];
    ledger.update(milk, { completed: true });
    ledger.update(sleep, { title: 'Sleep well' });
    const other = reopened(ledger, CALL, MILK);
    expect(titles(other)).toEqual(['Call Ada', 'Buy milk', 'Sleep well']);
    expect(ready(other).map(({ kind, key, again }) => [kind, key, again])).toEqual([
      ['create', sleep.key, false],
      ['update', MILK.id, false],
    ]);
  });

  it('names a todo by its id when its key is known to this page only', () => {
    const ledger = knowing();
    const key = ledger.create('Buy milk');
    ledger.update(only(ledger.items()), { completed: true });
    const creating = created(only(sent(ledger)));
    ledger.created(creating, MILK.id);
    ledger.forget(creating);
    const other = reopened(ledger, MILK);
    expect(key).not.toBe(MILK.id);
    expect(other.after(only(ready(other)))).toEqual({ ...MILK, completed: true });
  });

  it('was sent before, perhaps, when it was on its way', () => {
    const ledger = knowing();
    ledger.create('Sleep');
    sent(ledger);
    expect(only(ready(reopened(ledger)))).toMatchObject({ kind: 'create', again: true });
  });

  it('waits for a list that has its todo', () => {
    const ledger = knowing(MILK);
    ledger.update(only(ledger.items()), { title: 'Buy tea' });
    const other = reopened(ledger);
    expect(titles(other)).toEqual([]);
    other.list([MILK]);
    expect(titles(other)).toEqual(['Buy tea']);
  });
});

describe('a new todo', () => {
  it('keeps its key when the service gives it an id, so that its row stays', () => {
    const ledger = knowing();
    ledger.create('Buy milk');
    const { key } = only(ledger.items());
    const creating = created(only(sent(ledger)));
    ledger.created(creating, MILK.id);
    ledger.forget(creating);
    expect(ledger.items()).toEqual([shown(MILK, key)]);
    expect(ledger.find(key)).toEqual(MILK);
  });

  it('is sent again with its key when its ack was lost, whatever the list has', () => {
    const ledger = knowing();
    ledger.create(MILK.title);
    ledger.create(MILK.title);
    const both = sent(ledger);
    ledger.interrupt();
    ledger.list([MILK]);
    expect(ready(ledger)).toEqual(both);
    expect(both.map(({ again }) => again)).toEqual([true, true]);
    expect(new Set(both.map(({ key }) => key)).size).toBe(2);
  });

  it('is there once when the list has had it before its ack', () => {
    const ledger = knowing(CALL);
    ledger.create('Buy milk');
    const creating = created(only(sent(ledger)));
    ledger.interrupt();
    ledger.list([CALL, { ...MILK, completed: true }]);
    ledger.created(creating, MILK.id);
    ledger.forget(creating);
    expect(ledger.items()).toEqual([
      shown(CALL, CALL.id),
      { ...shown(MILK, creating.key), completed: true },
    ]);
  });

  it('that was not sent before is not sent again', () => {
    const ledger = knowing();
    ledger.create(MILK.title);
    ledger.interrupt();
    ledger.list([]);
    expect(only(ready(ledger)).again).toBe(false);
  });
});

describe('what the service holds', () => {
  it('is what it lists, in its order, under the keys that are known', () => {
    const ledger = knowing();
    ledger.create('Buy milk');
    const creating = created(only(sent(ledger)));
    ledger.created(creating, MILK.id);
    ledger.forget(creating);
    ledger.list([CALL, MILK]);
    expect(ledger.items().map((item) => item.key)).toEqual([CALL.id, creating.key]);
  });

  it('changes with every broadcast, and a broadcast heard twice does no harm', () => {
    const ledger = knowing(MILK);
    ledger.put(CALL);
    ledger.put(CALL);
    ledger.put({ ...MILK, completed: true });
    expect(ledger.items().map(({ title, completed }) => [title, completed])).toEqual([
      ['Buy milk', true],
      ['Call Ada', true],
    ]);
    ledger.drop(MILK.id);
    ledger.drop(MILK.id);
    expect(titles(ledger)).toEqual(['Call Ada']);
  });

  it('shows through a change of something else', () => {
    const ledger = knowing(MILK);
    ledger.update(only(ledger.items()), { title: 'Buy tea' });
    ledger.put({ ...MILK, completed: true });
    expect(ledger.after(only(ready(ledger)))).toEqual({
      ...MILK,
      title: 'Buy tea',
      completed: true,
    });
  });

  it('can only be asked for by a key that it has', () => {
    expect(() => knowing().find('draft 1')).toThrow('no todo has the key draft 1');
  });
});

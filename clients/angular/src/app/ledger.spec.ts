import type { Todo } from 'todo-service-events';

import { CALL, MILK } from '../testing/todos';
import { Ledger, type Change, type Item } from './ledger';

/** A ledger that knows of these todos. */
function knowing(...todos: Todo[]): Ledger {
  const ledger = new Ledger();
  ledger.list(todos);
  return ledger;
}

/** Send everything that can be sent. */
function sent(ledger: Ledger): Change[] {
  const changes = ledger.ready();
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

function created(change: Change): Change & { kind: 'create' } {
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
    ledger.withdraw(only(ledger.ready()));
    expect(titles(ledger)).toEqual(['Buy milk']);
    expect(ledger.pending()).toBe(0);
  });

  it('is rolled back alone: what was wanted of the same todo besides stays', () => {
    const ledger = knowing(MILK);
    ledger.update(only(ledger.items()), { title: 'Buy tea' });
    ledger.update(only(ledger.items()), { completed: true });
    const [renaming] = ledger.ready() as [Change];
    ledger.withdraw(renaming);
    expect(ledger.items()).toEqual([{ ...MILK, key: MILK.id, completed: true }]);
  });

  it('builds on what was wanted of the same todo before', () => {
    const ledger = knowing(MILK);
    ledger.update(only(ledger.items()), { title: 'Buy tea' });
    ledger.update(only(ledger.items()), { completed: true });
    const [renaming, toggling] = ledger.ready() as [Change, Change];
    expect(ledger.after(renaming)).toEqual({ ...MILK, title: 'Buy tea' });
    expect(ledger.after(toggling)).toEqual({ ...MILK, title: 'Buy tea', completed: true });
  });

  it('of a todo without an id waits for the id', () => {
    const ledger = knowing();
    ledger.create('Buy milk');
    ledger.update(only(ledger.items()), { completed: true });
    const creating = created(only(sent(ledger)));
    expect(ledger.ready()).toEqual([]);
    ledger.created(creating, MILK.id);
    ledger.forget(creating);
    expect(ledger.after(only(ledger.ready()))).toEqual({ ...MILK, completed: true });
  });

  it('of a new todo that will not be created goes with it', () => {
    const ledger = knowing();
    ledger.create('Buy milk');
    ledger.update(only(ledger.items()), { completed: true });
    ledger.withdraw(only(ledger.ready()));
    expect(ledger.items()).toEqual([]);
    expect(ledger.pending()).toBe(0);
  });

  it('is stranded when its todo is gone, and shows nothing', () => {
    const ledger = knowing(MILK);
    ledger.update(only(ledger.items()), { title: 'Buy tea' });
    ledger.drop(MILK.id);
    expect(titles(ledger)).toEqual([]);
    expect(ledger.ready()).toEqual([]);
    expect(only(ledger.stranded()).title).toBe('Buy tea');
  });

  it('is not stranded while its todo is still to be created', () => {
    const ledger = knowing();
    ledger.create('Buy milk');
    ledger.update(only(ledger.items()), { completed: true });
    sent(ledger);
    expect(ledger.stranded()).toEqual([]);
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
    expect(ledger.items()).toEqual([{ ...MILK, key }]);
    expect(ledger.find(key)).toEqual(MILK);
  });

  it('is sent again with its key when its ack was lost, whatever the list has', () => {
    const ledger = knowing();
    ledger.create(MILK.title);
    ledger.create(MILK.title);
    const both = sent(ledger);
    ledger.interrupt();
    ledger.list([MILK]);
    expect(ledger.ready()).toEqual(both);
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
      { ...CALL, key: CALL.id },
      { ...MILK, key: creating.key, completed: true },
    ]);
  });

  it('that was not sent before is not sent again', () => {
    const ledger = knowing();
    ledger.create(MILK.title);
    ledger.interrupt();
    ledger.list([]);
    expect(only(ledger.ready()).again).toBe(false);
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
    expect(ledger.after(only(ledger.ready()))).toEqual({
      ...MILK,
      title: 'Buy tea',
      completed: true,
    });
  });

  it('can only be asked for by a key that it has', () => {
    expect(() => knowing().find('draft 1')).toThrow('no todo has the key draft 1');
  });
});

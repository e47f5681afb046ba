/** What the service is known to hold, and what this screen wants changed: its view is both at once. */
import { computed, signal } from '@angular/core';
import type { Todo, TodoID } from 'todo-service-events';

import { uuid } from './uuid';

/**
 * A todo on the screen. Its key stays what it was when the service gives the todo an id; that of a
 * new todo is also the idempotency key that it is sent with.
 */
export interface Item {
  readonly key: string;
  readonly title: string;
  readonly completed: boolean;
}

interface Stored extends Item {
  readonly id: TodoID;
}

/** `unanswered`: the connection broke before the ack, so that the outcome is unknown here. */
type State = 'waiting' | 'sent' | 'unanswered';

type Plan =
  | { readonly kind: 'create'; readonly completed: boolean }
  | { readonly kind: 'update'; readonly to: Partial<Omit<Todo, 'id'>> }
  | { readonly kind: 'delete' };

/**
 * A wish that the service has not acknowledged yet; `title` is how messages call its todo.
 *
 * It is sent `again` when the connection broke before its ack.
 */
export type Change = Plan & {
  readonly key: string;
  readonly title: string;
  state: State;
  again: boolean;
};

export class Ledger {
  private readonly stored = signal<readonly Stored[]>([]);
  private readonly changes = signal<readonly Change[]>([]);

  /** The todos as they are once every change is carried out. */
  readonly items = computed(() => {
    const items = new Map<string, Item>(this.stored().map((todo) => [todo.key, todo]));
    for (const change of this.changes()) apply(items, change);
    return [...items.values()];
  });

  /** How many changes have no ack yet. */
  readonly pending = computed(() => this.changes().length);

  /** The changes that can be sent now, in order: new todos, and changes of what has an id. */
  ready(): Change[] {
    const ids = this.keys();
    return this.waiting().filter(({ kind, key }) => kind === 'create' || ids.has(key));
  }

  /** The changes that can never be sent, because their todo is gone. */
  stranded(): Change[] {
    const keys = this.keys();
    for (const { kind, key } of this.changes()) if (kind === 'create') keys.add(key);
    return this.waiting().filter(({ key }) => !keys.has(key));
  }

  /** The todo of a key, as the service holds it; only for what is ready. */
  find(key: string): Todo {
    const found = this.stored().find((todo) => todo.key === key);
    if (!found) throw new Error(`no todo has the key ${key}`);
    const { id, title, completed } = found;
    return { id, title, completed };
  }

  /** The todo as it is after this change and those of it that came before; only for what is ready. */
  after(change: Change): Todo {
    let todo = this.find(change.key);
    for (const each of this.changes()) {
      if (each.kind === 'update' && each.key === change.key) todo = { ...todo, ...each.to };
      if (each === change) break;
    }
    return todo;
  }

  /** Want a new todo. */
  create(title: string): void {
    this.want({ kind: 'create', key: uuid(), title, completed: false });
  }

  /** Want a todo changed. */
  update(item: Item, to: Partial<Omit<Todo, 'id'>>): void {
    this.want({ kind: 'update', key: item.key, title: to.title ?? item.title, to });
  }

  /** Want a todo gone. */
  delete(item: Item): void {
    this.want({ kind: 'delete', key: item.key, title: item.title });
  }

  /** The service has stored a new todo, under this id; the list may have it already. */
  created(change: Change & { kind: 'create' }, id: TodoID): void {
    const { key, title, completed } = change;
    this.stored.update((todos) =>
      todos.some((todo) => todo.id === id)
        ? todos.map((todo) => (todo.id === id ? { ...todo, key } : todo))
        : [...todos, { key, id, title, completed }],
    );
  }

  /** A change is carried out and noted. */
  forget(change: Change): void {
    this.changes.update((changes) => changes.filter((each) => each !== change));
  }

  /** A change will not be carried out; what was wanted of a new todo goes with it. */
  withdraw(change: Change): void {
    const gone = (each: Change) =>
      each === change || (change.kind === 'create' && each.key === change.key);
    this.changes.update((changes) => changes.filter((each) => !gone(each)));
  }

  /** A todo is now like this: broadcast, or acknowledged to this screen. */
  put(todo: Todo): void {
    this.stored.update((todos) =>
      todos.some(({ id }) => id === todo.id)
        ? todos.map((each) => (each.id === todo.id ? { ...todo, key: each.key } : each))
        : [...todos, { ...todo, key: todo.id }],
    );
  }

  /** A todo is gone: broadcast, or acknowledged to this screen. */
  drop(id: TodoID): void {
    this.stored.update((todos) => todos.filter((each) => each.id !== id));
  }

  /** The connection broke: whatever was sent may have been carried out or not. */
  interrupt(): void {
    for (const change of this.changes()) if (change.state === 'sent') change.state = 'unanswered';
  }

  /**
   * The service holds exactly these todos.
   *
   * Whatever was not answered is sent again, which does no harm: a new todo has the same key again.
   */
  list(todos: readonly Todo[]): void {
    const keys = new Map(this.stored().map((todo) => [todo.id, todo.key]));
    for (const change of this.changes()) {
      if (change.state === 'unanswered') Object.assign(change, { state: 'waiting', again: true });
    }
    this.stored.set(todos.map((todo) => ({ ...todo, key: keys.get(todo.id) ?? todo.id })));
  }

  private want(change: Plan & { key: string; title: string }): void {
    this.changes.update((changes) => [...changes, { ...change, state: 'waiting', again: false }]);
  }

  private keys(): Set<string> {
    return new Set(this.stored().map(({ key }) => key));
  }

  private waiting(): Change[] {
    return this.changes().filter((change) => change.state === 'waiting');
  }
}

function apply(items: Map<string, Item>, change: Change): void {
  const { key, title } = change;
  const item = items.get(key);
  if (change.kind === 'create') {
    items.set(key, { key, title, completed: change.completed });
  } else if (change.kind === 'delete') {
    items.delete(key);
  } else if (item) {
    items.set(key, { ...item, ...change.to });
  }
}

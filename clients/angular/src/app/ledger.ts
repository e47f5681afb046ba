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
  key: string;
  readonly title: string;
  state: State;
  again: boolean;
};

export type Creation = Change & { kind: 'create' };

/** A change as it outlives the page: with the id of its todo, if that has one, for keys do not. */
export type Kept = Plan & {
  readonly key: string;
  readonly title: string;
  readonly again: boolean;
  readonly id?: TodoID;
};

/** All that is known of one todo; `item` is how it looks once its changes are carried out. */
interface Entry {
  todo?: Todo;
  readonly changes: Change[];
  item?: Item | undefined;
}

export class Ledger {
  /** The todos that the service holds, in its order, by their keys. */
  private stored = new Map<string, Entry>();

  /** New todos without an id, and changes of todos that are gone. */
  private readonly unstored = new Map<string, Entry>();

  private readonly keys = new Map<TodoID, string>();

  /** The keys of the todos that have changes, in the order in which these were wanted. */
  private readonly wanted = new Set<string>();
  private unacknowledged = 0;
  private readonly revision = signal(0);

  /** The todos as they are once every change is carried out. */
  readonly items = computed(() => {
    this.revision();
    const items: Item[] = [];
    for (const { item } of this.stored.values()) if (item) items.push(item);
    for (const { item } of this.unstored.values()) if (item) items.push(item);
    return items;
  });

  /** How many changes have no ack yet. */
  readonly pending = computed(() => {
    this.revision();
    return this.unacknowledged;
  });

  /** The keys of the todos that have changes, in the order in which these were wanted. */
  changed(): string[] {
    return [...this.wanted];
  }

  /** The changes of a todo that can be sent now, in order: all of what has an id, or its creation. */
  ready(key: string): Change[] {
    const sendable = this.stored.has(key) ? waits : (change: Change) => isNew(change) && waits(change);
    return this.changesOf(key).filter(sendable);
  }

  /** The changes of a todo that can never be sent, because it is gone. */
  stranded(key: string): Change[] {
    const changes = this.changesOf(key);
    return this.stored.has(key) || changes.some(isNew) ? [] : changes.filter(waits);
  }

  /** The todo of a key, as the service holds it; only for what is ready. */
  find(key: string): Todo {
    const todo = this.stored.get(key)?.todo;
    if (!todo) throw new Error(`no todo has the key ${key}`);
    return todo;
  }

  /** The todo as it is after this change and those of it that came before; only for what is ready. */
  after(change: Change): Todo {
    let todo = this.find(change.key);
    for (const each of this.changesOf(change.key)) {
      if (each.kind === 'update') todo = { ...todo, ...each.to };
      if (each === change) break;
    }
    return todo;
  }

  /** Want a new todo; returns its key. */
  create(title: string, completed = false): string {
    const key = uuid();
    this.want({ kind: 'create', key, title, completed, state: 'waiting', again: false });
    return key;
  }

  /** Want a todo changed. */
  update({ key, title }: Item, to: Partial<Omit<Todo, 'id'>>): void {
    const named = to.title ?? title;
    this.want({ kind: 'update', key, title: named, to, state: 'waiting', again: false });
  }

  /** Want a todo gone. */
  delete({ key, title }: Item): void {
    this.want({ kind: 'delete', key, title, state: 'waiting', again: false });
  }

  /** Want a todo back; returns the key of it, or of a new one like it if its deletion was sent. */
  restore(item: Item): string {
    const deletion = this.changesOf(item.key).find(({ kind }) => kind === 'delete');
    if (deletion?.state !== 'waiting' || deletion.again) {
      return this.create(item.title, item.completed);
    }
    this.forget(deletion);
    return item.key;
  }

  /** The service has stored a new todo, under this id; the list may have it already. */
  created({ key, title, completed }: Creation, id: TodoID): void {
    const entry = this.unstored.get(key) ?? { changes: [] };
    const other = this.keys.get(id);
    this.unstored.delete(key);
    this.keys.set(id, key);
    if (other === undefined) {
      entry.todo = { id, title, completed };
      this.stored.set(key, entry);
    } else {
      this.rename(other, key, entry.changes);
    }
    this.refresh(key);
  }

  /** A change is carried out and noted. */
  forget(change: Change): void {
    this.remove(change.key, (each) => each === change);
  }

  /** A change will not be carried out; what was wanted of a new todo goes with it. */
  withdraw(change: Change): void {
    this.remove(change.key, (each) => each === change || isNew(change));
  }

  /** A todo is now like this: broadcast, or acknowledged to this screen. */
  put(todo: Todo): void {
    const key = this.keys.get(todo.id) ?? todo.id;
    this.keys.set(todo.id, key);
    const entry = this.stored.get(key);
    if (entry) entry.todo = todo;
    else this.stored.set(key, { todo, changes: [] });
    this.refresh(key);
  }

  /** A todo is gone: broadcast, or acknowledged to this screen. Returns the key that it had. */
  drop(id: TodoID): string | undefined {
    const key = this.keys.get(id);
    const entry = key === undefined ? undefined : this.stored.get(key);
    if (key === undefined || !entry) return undefined;
    this.keys.delete(id);
    this.stored.delete(key);
    if (entry.changes.length) this.unstored.set(key, { changes: entry.changes });
    this.refresh(key);
    return key;
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
    const before = this.stored;
    this.stored = new Map();
    for (const todo of todos) {
      const key = this.keys.get(todo.id) ?? todo.id;
      const known = before.get(key) ?? this.unstored.get(key);
      this.stored.set(key, { todo, changes: known?.changes ?? [], item: known?.item });
      this.unstored.delete(key);
    }
    for (const [key, { changes }] of before) {
      if (changes.length && !this.stored.has(key)) this.unstored.set(key, { changes });
    }
    this.keys.clear();
    for (const [key, { todo }] of this.stored) if (todo) this.keys.set(todo.id, key);
    for (const change of this.changes()) {
      if (change.state === 'unanswered') Object.assign(change, { state: 'waiting', again: true });
    }
    for (const key of this.stored.keys()) this.refresh(key);
    for (const key of this.unstored.keys()) this.refresh(key);
  }

  /** What the service holds, as far as it is known. */
  known(): Todo[] {
    return [...this.stored.values()].flatMap(({ todo }) => todo ?? []);
  }

  /** The changes without an ack, as they outlive the page. */
  kept(): Kept[] {
    return [...this.changes()].map(({ state, again, ...plan }) => {
      const todo = this.stored.get(plan.key)?.todo;
      return { ...plan, again: again || state !== 'waiting', ...(todo && { id: todo.id }) };
    });
  }

  /** Want what another page wanted that is gone; a change that it has sent is sent again. */
  inherit(kept: readonly Kept[]): void {
    for (const { id, ...change } of kept) {
      const key = id === undefined ? change.key : (this.keys.get(id) ?? id);
      this.want({ ...change, key, state: 'waiting' });
    }
  }

  private want(change: Change): void {
    const { key } = change;
    const entry = this.stored.get(key) ?? this.unstored.get(key);
    if (entry) entry.changes.push(change);
    else this.unstored.set(key, { changes: [change] });
    this.wanted.add(key);
    this.unacknowledged += 1;
    this.refresh(key);
  }

  private remove(key: string, gone: (change: Change) => boolean): void {
    const changes = this.changesOf(key);
    const rest = changes.filter((change) => !gone(change));
    this.unacknowledged -= changes.length - rest.length;
    changes.splice(0, changes.length, ...rest);
    if (!rest.length) {
      this.wanted.delete(key);
      this.unstored.delete(key);
    }
    this.refresh(key);
  }

  private changesOf(key: string): Change[] {
    return (this.stored.get(key) ?? this.unstored.get(key))?.changes ?? [];
  }

  private *changes(): Iterable<Change> {
    for (const key of this.wanted) yield* this.changesOf(key);
  }

  /** Let a todo of the list be known by the key that it was created with, with its changes. */
  private rename(from: string, to: string, changes: readonly Change[]): void {
    const renamed = ([key, entry]: [string, Entry]): [string, Entry] =>
      key === from ? [to, { ...entry, changes: [...changes, ...entry.changes] }] : [key, entry];
    this.stored = new Map([...this.stored].map(renamed));
    for (const change of this.changesOf(to)) change.key = to;
    if (this.wanted.delete(from)) this.wanted.add(to);
  }

  /** Look at a todo anew; what looks as before stays the same object, so that its row is left alone. */
  private refresh(key: string): void {
    const entry = this.stored.get(key) ?? this.unstored.get(key);
    if (entry) {
      const item = look(key, entry);
      if (!alike(item, entry.item)) entry.item = item;
    }
    this.revision.update((revision) => revision + 1);
  }
}

function waits({ state }: Change): boolean {
  return state === 'waiting';
}

function isNew({ kind }: Change): boolean {
  return kind === 'create';
}

/** How a todo looks once its changes are carried out; nothing if it is not there then. */
function look(key: string, { todo, changes }: Entry): Item | undefined {
  let item = todo && { key, title: todo.title, completed: todo.completed };
  for (const change of changes) {
    if (change.kind === 'delete') return undefined;
    if (change.kind === 'update') item &&= { ...item, ...change.to };
    else item = { key, title: change.title, completed: change.completed };
  }
  return item;
}

function alike(one: Item | undefined, other: Item | undefined): boolean {
  if (!one || !other) return one === other;
  return (
    one.key === other.key && one.title === other.title && one.completed === other.completed
  );
}

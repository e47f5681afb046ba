/** Sends what this screen wants changed, and hears what the others have changed. */
import { computed, inject, Injectable, signal } from '@angular/core';
import type { ErrorResponse, TodoID } from 'todo-service-events';

import { Ledger, type Change, type Creation, type Item } from './ledger';
import { SHELF } from './shelf';
import { TODO_SOCKET, type TodoSocket } from './todo-socket';

/** Milliseconds that the service may take to acknowledge an event. */
const PATIENCE = 10_000;

/** Milliseconds to stay away from a service that did not answer. */
const PAUSE = 2_000;

/** Milliseconds to send nothing to a service that was sent too much in a second. */
const REST = 1_000;

/** Events that may be on their way at once. */
const ON_THE_WAY = 500;

/** Milliseconds to wait for the list before the one that was kept is shown. */
const IMPATIENCE = 1_000;

/** Milliseconds in which a deletion can be undone. */
const REGRET = 10_000;

@Injectable({ providedIn: 'root' })
export class TodoStore {
  private readonly socket = inject(TODO_SOCKET);
  private readonly shelf = inject(SHELF);
  private readonly ledger = new Ledger();

  readonly items = this.ledger.items;
  readonly pending = this.ledger.pending;
  readonly left = computed(() => this.items().reduce((sum, item) => sum + +!item.completed, 0));

  /** Whether the list is here and kept up to date. */
  readonly online = signal(false);

  /** Whether the list has been here at least once. */
  readonly loaded = signal(false);

  /** Whether the service was sent too much at once, so that what is wanted has to wait. */
  readonly resting = signal(false);

  /** What went wrong last, in words for whoever sits at the screen. */
  readonly notice = signal('');

  /** What was deleted here last, and can be had back for some seconds. */
  readonly deleted = signal<readonly Item[]>([]);
  private regret: ReturnType<typeof setTimeout> | undefined;

  /** The keys of the todos whose changes are to be sent. */
  private readonly outbox = new Set<string>();
  private onTheWay = 0;
  private sentAgain = 0;

  constructor() {
    this.socket.on('connect', () => this.list());
    this.socket.on('disconnect', (reason) => {
      this.online.set(false);
      this.ledger.interrupt();
      this.keepAll();
      if (reason === 'io server disconnect') this.socket.connect();
    });
    this.socket.on('todo:created', (todo) => this.ledger.put(todo));
    this.socket.on('todo:updated', (todo) => this.ledger.put(todo));
    this.socket.on('todo:deleted', (id) => this.drop(id));
    this.socket.on('connect_error', () => void this.remind());
    setTimeout(() => void this.remind(), IMPATIENCE);
    document.addEventListener('visibilitychange', () => {
      if (document.hidden) this.keepAll();
    });
    this.socket.connect();
  }

  create(title: string): void {
    this.want(() => [this.ledger.create(title)]);
  }

  rename(item: Item, title: string): void {
    this.change([item], (each) => this.ledger.update(each, { title }));
  }

  toggle(item: Item, completed: boolean): void {
    this.change([item], (each) => this.ledger.update(each, { completed }));
  }

  toggleAll(completed: boolean): void {
    const others = this.items().filter((item) => item.completed !== completed);
    this.change(others, (item) => this.ledger.update(item, { completed }));
  }

  delete(...items: Item[]): void {
    this.change(items, (item) => this.ledger.delete(item));
    this.deleted.set(items);
    this.forgetLater();
  }

  clearCompleted(): void {
    this.delete(...this.items().filter((item) => item.completed));
  }

  /** Take back the last deletion: what was sent of it already is created anew. */
  undo(): void {
    const items = this.deleted();
    this.want(() => items.map((item) => this.ledger.restore(item)));
    this.deleted.set([]);
  }

  /** Keep the last deletion in mind, as somebody is about to undo it. */
  remember(): void {
    clearTimeout(this.regret);
  }

  /** Keep the last deletion in mind for some seconds more. */
  forgetLater(): void {
    clearTimeout(this.regret);
    this.regret = setTimeout(() => this.deleted.set([]), REGRET);
  }

  /** Show the list as it was last known, if the service is out of reach. */
  private async remind(): Promise<void> {
    const todos = this.loaded() ? undefined : await this.shelf.list().catch(() => undefined);
    if (!todos || this.loaded()) return;
    this.ledger.list(todos);
    this.loaded.set(true);
    this.inherit();
  }

  /** Send what other pages wanted that are gone, and could not send. */
  private inherit(): void {
    const taken = this.shelf.inherit((changes) => {
      this.ledger.inherit(changes);
      this.flush(this.ledger.changed());
    });
    void taken.catch(() => undefined);
  }

  private keepAll(): void {
    if (this.loaded()) void this.shelf.keepList(this.ledger.known()).catch(() => undefined);
    this.keepChanges();
  }

  private keepChanges(): void {
    this.shelf.keepChanges(() => this.ledger.kept());
  }

  private list(): void {
    this.service.emit('todo:list', (failure, answer) => {
      if (failure) {
        if (this.socket.connected) this.retreat();
      } else if (answer.error) {
        this.notice.set('The list could not be loaded: the service failed. It is tried again.');
        this.retreat();
      } else {
        this.ledger.list(answer.data);
        this.online.set(true);
        this.loaded.set(true);
        this.flush(this.ledger.changed());
        this.keepAll();
        this.inherit();
      }
    });
  }

  private change(items: readonly Item[], plan: (item: Item) => void): void {
    this.want(() => {
      items.forEach(plan);
      return items.map(({ key }) => key);
    });
  }

  private want(plan: () => readonly string[]): void {
    this.notice.set('');
    this.flush(plan());
  }

  /** Send whatever can be sent of these todos, and of those before; without a connection it waits. */
  private flush(keys: readonly string[]): void {
    for (const key of keys) this.outbox.add(key);
    this.send();
    this.keepChanges();
  }

  private send(): void {
    if (!this.online() || this.resting()) return;
    for (const key of this.outbox) {
      if (this.onTheWay >= ON_THE_WAY) return;
      this.outbox.delete(key);
      for (const change of this.ledger.stranded(key)) {
        if (change.kind === 'update') this.rollBack(change, 'someone has deleted it');
        else this.ledger.withdraw(change);
      }
      for (const change of this.ledger.ready(key)) this.ask(change);
    }
  }

  private ask(change: Change): void {
    change.state = 'sent';
    this.onTheWay += 1;
    switch (change.kind) {
      case 'create': {
        const { title, completed, key: idempotencyKey } = change;
        this.sentAgain += +change.again;
        this.service.emit('todo:create', { title, completed, idempotencyKey }, (failure, answer) => {
          this.onTheWay -= 1;
          this.sentAgain -= +change.again;
          if (failure) this.giveUp(change);
          else if (answer.error) this.refuse(change, answer);
          else this.created(change, answer.data);
        });
        break;
      }
      case 'update': {
        const todo = this.ledger.after(change);
        this.service.emit('todo:update', todo, (failure, refusal) => {
          this.onTheWay -= 1;
          if (failure) this.giveUp(change);
          else if (refusal) this.refuse(change, refusal);
          else this.note(change, () => this.ledger.put(todo));
        });
        break;
      }
      case 'delete': {
        const { id } = this.ledger.find(change.key);
        this.service.emit('todo:delete', id, (failure, refusal) => {
          this.onTheWay -= 1;
          if (failure) this.giveUp(change);
          else if (refusal && refusal.error !== 'entity not found') this.refuse(change, refusal);
          else this.note(change, () => this.drop(id));
        });
      }
    }
  }

  /** The connection, to ask something: an ack is taken as it comes, before the next broadcast. */
  private get service(): ReturnType<TodoSocket['timeout']> {
    return this.socket.timeout(PATIENCE);
  }

  /** A new todo is stored. One that was sent again may have been changed or deleted since. */
  private created(change: Creation, id: TodoID): void {
    this.note(change, () => this.ledger.created(change, id));
    if (change.again && !this.sentAgain) this.list();
  }

  /** A todo is gone; a change of it that has not been sent can't be carried out any more. */
  private drop(id: TodoID): void {
    const key = this.ledger.drop(id);
    this.flush(key === undefined ? [] : [key]);
  }

  /** A change is stored. */
  private note(change: Change, take: () => void): void {
    take();
    this.ledger.forget(change);
    this.flush([change.key]);
  }

  /** A change was not answered; what the broken connection interrupted waits for the next list. */
  private giveUp(change: Change): void {
    if (change.state !== 'sent') return;
    this.rollBack(change, 'the service did not answer');
    this.retreat();
  }

  private refuse(change: Change, { error, errorDetails }: ErrorResponse): void {
    if (error === 'too many events') {
      change.state = 'waiting';
      this.rest();
    } else {
      const reason = {
        'entity not found': 'someone has deleted it',
        'invalid payload': errorDetails?.map(({ message }) => message).join(', ') ?? error,
        'too many todos': 'the list is full',
        'an unknown error has occurred': 'the service failed',
      }[error];
      this.rollBack(change, reason);
    }
    this.flush([change.key]);
  }

  private rollBack(change: Change, reason: string): void {
    this.ledger.withdraw(change);
    if (change.kind === 'delete') {
      this.deleted.update((items) => items.filter(({ key }) => key !== change.key));
    }
    this.notice.set(`${quote(change.title)} was not saved: ${reason}.`);
  }

  /** Send nothing for a while. */
  private rest(): void {
    if (this.resting()) return;
    this.resting.set(true);
    setTimeout(() => {
      this.resting.set(false);
      this.flush([]);
    }, REST);
  }

  /**
   * Leave, and come back a little later.
   *
   * The list then tells whether what was not answered was carried out after all, and if it still
   * will be, the new connection hears it as a broadcast: it counts as another client.
   */
  private retreat(): void {
    this.socket.disconnect();
    setTimeout(() => this.socket.connect(), PAUSE);
  }
}

/** Call a todo by its title, shortened to what a message can hold. */
export function quote(title: string): string {
  const characters = [...title];
  return `“${characters.length > 40 ? `${characters.slice(0, 40).join('')}…` : title}”`;
}

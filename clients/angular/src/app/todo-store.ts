/** Sends what this screen wants changed, and hears what the others have changed. */
import { computed, inject, Injectable, signal } from '@angular/core';
import type { ErrorResponse } from 'todo-service-events';

import { Ledger, type Change, type Item } from './ledger';
import { TODO_SOCKET, type TodoSocket } from './todo-socket';

/** Milliseconds that the service may take to acknowledge an event. */
const PATIENCE = 10_000;

/** Milliseconds to stay away from a service that did not answer. */
const PAUSE = 2_000;

@Injectable({ providedIn: 'root' })
export class TodoStore {
  private readonly socket = inject(TODO_SOCKET);
  private readonly ledger = new Ledger();

  readonly items = this.ledger.items;
  readonly pending = this.ledger.pending;
  readonly left = computed(() => this.items().filter((item) => !item.completed).length);

  /** Whether the list is here and kept up to date. */
  readonly online = signal(false);

  /** Whether the list has been here at least once. */
  readonly loaded = signal(false);

  /** What went wrong last, in words for whoever sits at the screen. */
  readonly notice = signal('');

  constructor() {
    this.socket.on('connect', () => this.list());
    this.socket.on('disconnect', (reason) => {
      this.online.set(false);
      this.ledger.interrupt();
      if (reason === 'io server disconnect') this.socket.connect();
    });
    this.socket.on('todo:created', (todo) => this.hear(() => this.ledger.put(todo)));
    this.socket.on('todo:updated', (todo) => this.hear(() => this.ledger.put(todo)));
    this.socket.on('todo:deleted', (id) => this.hear(() => this.ledger.drop(id)));
    this.socket.connect();
  }

  create(title: string): void {
    this.want(() => this.ledger.create(title));
  }

  rename(item: Item, title: string): void {
    this.want(() => this.ledger.update(item, { title }));
  }

  toggle(item: Item, completed: boolean): void {
    this.want(() => this.ledger.update(item, { completed }));
  }

  toggleAll(completed: boolean): void {
    const others = this.items().filter((item) => item.completed !== completed);
    this.want(() => others.forEach((item) => this.ledger.update(item, { completed })));
  }

  delete(item: Item): void {
    this.want(() => this.ledger.delete(item));
  }

  clearCompleted(): void {
    const done = this.items().filter((item) => item.completed);
    this.want(() => done.forEach((item) => this.ledger.delete(item)));
  }

  private list(): void {
    this.ask().emit('todo:list', (failure, answer) => {
      if (failure) {
        if (this.socket.connected) this.retreat();
      } else if ('error' in answer) {
        this.notice.set('The list could not be loaded: the service failed. It is tried again.');
        this.retreat();
      } else {
        this.ledger.list(answer.data);
        this.online.set(true);
        this.loaded.set(true);
        this.flush();
      }
    });
  }

  private want(plan: () => void): void {
    this.notice.set('');
    plan();
    this.flush();
  }

  private hear(note: () => void): void {
    note();
    this.flush();
  }

  /** Send whatever can be sent; without a connection it waits. */
  private flush(): void {
    if (!this.online()) return;
    for (const change of this.ledger.stranded()) {
      if (change.kind === 'update') this.rollBack(change, 'someone has deleted it');
      else this.ledger.withdraw(change);
    }
    for (const change of this.ledger.ready()) this.send(change);
  }

  private send(change: Change): void {
    change.state = 'sent';
    switch (change.kind) {
      case 'create': {
        const { title, completed, key: idempotencyKey } = change;
        this.ask().emit('todo:create', { title, completed, idempotencyKey }, (failure, answer) => {
          if (failure) this.giveUp(change);
          else if ('error' in answer) this.refuse(change, answer);
          else {
            this.note(change, () => this.ledger.created(change, answer.data));
            if (change.again) this.list(); // it may have been deleted since it was first sent
          }
        });
        break;
      }
      case 'update': {
        const todo = this.ledger.after(change);
        this.ask().emit('todo:update', todo, (failure, refusal) => {
          if (failure) this.giveUp(change);
          else if (refusal) this.refuse(change, refusal);
          else this.note(change, () => this.ledger.put(todo));
        });
        break;
      }
      case 'delete': {
        const { id } = this.ledger.find(change.key);
        this.ask().emit('todo:delete', id, (failure, refusal) => {
          if (failure) this.giveUp(change);
          else if (refusal && refusal.error !== 'entity not found') this.refuse(change, refusal);
          else this.note(change, () => this.ledger.drop(id));
        });
      }
    }
  }

  /** The connection, to ask something: an ack is taken as it comes, before the next broadcast. */
  private ask(): ReturnType<TodoSocket['timeout']> {
    return this.socket.timeout(PATIENCE);
  }

  /** A change is stored. */
  private note(change: Change, take: () => void): void {
    take();
    this.ledger.forget(change);
    this.flush();
  }

  /** A change was not answered; what the broken connection interrupted waits for the next list. */
  private giveUp(change: Change): void {
    if (change.state !== 'sent') return;
    this.rollBack(change, 'the service did not answer');
    this.retreat();
  }

  private refuse(change: Change, { error, errorDetails }: ErrorResponse): void {
    const reason = {
      'entity not found': 'someone has deleted it',
      'invalid payload': errorDetails?.map(({ message }) => message).join(', ') ?? error,
      'too many events': 'too many changes at once',
      'too many todos': 'the list is full',
      'an unknown error has occurred': 'the service failed',
    }[error];
    this.rollBack(change, reason);
    this.flush();
  }

  private rollBack(change: Change, reason: string): void {
    this.ledger.withdraw(change);
    this.notice.set(`${quote(change.title)} was not saved: ${reason}.`);
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
function quote(title: string): string {
  const characters = [...title];
  return `“${characters.length > 40 ? `${characters.slice(0, 40).join('')}…` : title}”`;
}

/** Sends what this screen wants changed, and hears what the others have changed. */
import { computed, inject, Injectable, signal } from '@angular/core';
import type { ErrorResponse } from 'todo-service-events';

import { Ledger, type Change, type Item } from './ledger';
import { TODO_SOCKET } from './todo-socket';

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
    this.socket.on('connect', () => void this.list());
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

  private async list(): Promise<void> {
    try {
      const answer = await this.socket.emitWithAck('todo:list');
      if ('error' in answer) {
        this.notice.set('The list could not be loaded: the service failed. It is tried again.');
        this.retreat();
        return;
      }
      this.ledger.list(answer.data);
      this.online.set(true);
      this.loaded.set(true);
      this.flush();
    } catch {
      if (this.socket.connected) this.retreat();
    }
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
      this.ledger.forget(change);
      if (change.kind === 'update') this.refuse(change, { error: 'entity not found' });
    }
    for (const change of this.ledger.ready()) void this.send(change);
  }

  private async send(change: Change): Promise<void> {
    change.state = 'sent';
    try {
      const refusal = await this.carryOut(change);
      this.ledger.forget(change);
      if (refusal) this.refuse(change, refusal);
      this.flush();
    } catch {
      // A change that the broken connection interrupted is sent again after the next list.
      if (change.state !== 'sent') return;
      this.ledger.forget(change);
      this.notice.set(`${quote(change.title)} was not saved: the service did not answer.`);
      this.retreat();
    }
  }

  /** Emit a change and note what its ack says; gives the reason if it was refused. */
  private async carryOut(change: Change): Promise<ErrorResponse | undefined> {
    switch (change.kind) {
      case 'create': {
        const { title, completed } = change;
        const answer = await this.socket.emitWithAck('todo:create', { title, completed });
        if ('error' in answer) return answer;
        this.ledger.created(change, answer.data);
        return undefined;
      }
      case 'update': {
        const todo = this.ledger.after(change);
        const refusal = await this.socket.emitWithAck('todo:update', todo);
        if (!refusal) this.ledger.put(todo);
        return refusal;
      }
      case 'delete': {
        const { id } = this.ledger.find(change.key);
        const refusal = await this.socket.emitWithAck('todo:delete', id);
        if (refusal && refusal.error !== 'entity not found') return refusal;
        this.ledger.drop(id);
        return undefined;
      }
    }
  }

  private refuse(change: Change, { error, errorDetails }: ErrorResponse): void {
    const reason = {
      'entity not found': 'someone has deleted it',
      'invalid payload': errorDetails?.map(({ message }) => message).join(', ') ?? error,
      'too many events': 'too many changes at once',
      'an unknown error has occurred': 'the service failed',
    }[error];
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

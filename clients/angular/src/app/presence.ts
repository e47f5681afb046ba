/** How many others are connected to the same node of the service. */
import { inject, Injectable, signal } from '@angular/core';

import { TODO_SOCKET } from './todo-socket';

/** Milliseconds after which a service that does not answer counts as one that does not count. */
const PATIENCE = 10_000;

@Injectable({ providedIn: 'root' })
export class Presence {
  private readonly socket = inject(TODO_SOCKET);

  /** How many others are here; undefined while that is not known. */
  readonly others = signal<number | undefined>(undefined);

  constructor() {
    this.socket.on('connect', () => this.watch());
    this.socket.on('disconnect', () => this.others.set(undefined));
    this.socket.on('presence:changed', ({ clients }) => this.others.set(clients - 1));
  }

  private watch(): void {
    this.socket.timeout(PATIENCE).emit('presence:watch', (failure, answer) => {
      if (!failure && answer.data) this.others.set(answer.data.clients - 1);
    });
  }
}

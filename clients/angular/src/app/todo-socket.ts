/** The one connection to the service; whoever first needs it opens it. */
import { InjectionToken } from '@angular/core';
import { io, type Socket } from 'socket.io-client';
import type { ClientEvents, ServerEvents } from 'todo-service-events';

import { environment } from '../environments/environment';

export type TodoSocket = Socket<ServerEvents, ClientEvents>;

export const TODO_SOCKET = new InjectionToken<TodoSocket>('TodoSocket', {
  factory: () =>
    io(environment.service, {
      path: new URL('socket.io/', environment.service ?? document.baseURI).pathname,
      autoConnect: false,
      transports: ['websocket', 'polling'],
      tryAllTransports: true,
      reconnectionDelay: 500,
      reconnectionDelayMax: 3000,
    }),
});

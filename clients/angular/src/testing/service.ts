/** A service in the hands of a test: it hears what the page asks, and answers when it is told to. */
import type { ClientEvents, ServerEvents, Todo } from 'todo-service-events';

import type { TodoSocket } from '../app/todo-socket';

type Asked = keyof ClientEvents;
type Arguments<Event extends Asked> =
  Parameters<ClientEvents[Event]> extends [...infer Payload, unknown] ? Payload : never;
type Ack<Event extends Asked> =
  Parameters<ClientEvents[Event]> extends [...unknown[], (...answer: infer Answer) => void]
    ? Answer
    : never;

interface Question {
  readonly event: Asked;
  readonly payload: readonly unknown[];
  readonly callback: (failure: Error | null, ...ack: unknown[]) => void;
}

type Listener = (...args: never[]) => void;

export class Service {
  /** Whether the page has asked for a connection, and has not got it yet. */
  awaited = false;

  private questions: Question[] = [];
  private readonly listeners = new Map<string, Listener[]>();

  private readonly wire = {
    connected: false,
    on: (event: string, listener: Listener) => {
      this.listeners.set(event, [...(this.listeners.get(event) ?? []), listener]);
    },
    connect: () => (this.awaited = true),
    disconnect: () => this.breaks('io client disconnect'),
    timeout: () => ({
      emit: (event: Asked, ...args: [...unknown[], Question['callback']]) =>
        this.questions.push({
          event,
          payload: args.slice(0, -1),
          callback: args.at(-1) as Question['callback'],
        }),
    }),
  };

  /** What the page holds for its connection. */
  readonly socket = this.wire as unknown as TodoSocket;

  /** Let the page in; it asks for the list. */
  accepts(): void {
    if (!this.awaited) throw new Error('the page does not want to connect');
    this.awaited = false;
    this.wire.connected = true;
    this.tell('connect');
  }

  /** Let the page in, and answer its question for the list. */
  holds(...todos: Todo[]): void {
    this.accepts();
    this.answers('todo:list', { data: todos });
  }

  /** Be out of reach. */
  refuses(): void {
    this.tell('connect_error', new Error('xhr poll error'));
  }

  /** Break the connection: first the page hears of it, then its open questions fail. */
  breaks(reason = 'transport close'): void {
    if (!this.wire.connected) return;
    this.wire.connected = false;
    const open = this.questions;
    this.questions = [];
    this.tell('disconnect', reason);
    open.forEach(({ callback }) => callback(new Error('socket has been disconnected')));
    this.awaited ||= reason === 'transport close';
  }

  /** What the page has asked and got no ack for, oldest first. */
  get open(): (readonly [Asked, ...unknown[]])[] {
    return this.questions.map(({ event, payload }) => [event, ...payload] as const);
  }

  /** Acknowledge the oldest open question of this name; gives what was asked. */
  answers<Event extends Asked>(event: Event, ...ack: Ack<Event>): Arguments<Event> {
    const { payload, callback } = this.take(event);
    callback(null, ...ack);
    return payload as Arguments<Event>;
  }

  /** Let the oldest open question of this name wait for longer than the page does. */
  ignores(event: Asked): void {
    this.take(event).callback(new Error('operation has timed out'));
  }

  /** Tell the page what somebody else did. */
  broadcasts<Event extends keyof ServerEvents>(
    event: Event,
    ...args: Parameters<ServerEvents[Event]>
  ): void {
    this.tell(event, ...args);
  }

  private take(event: Asked): Question {
    const index = this.questions.findIndex((question) => question.event === event);
    const [question] = index < 0 ? [] : this.questions.splice(index, 1);
    if (!question) throw new Error(`${event} was not asked`);
    return question;
  }

  private tell(event: string, ...args: unknown[]): void {
    this.listeners.get(event)?.forEach((listener) => listener(...(args as never[])));
  }
}

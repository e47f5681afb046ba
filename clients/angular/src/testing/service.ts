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
  answer(...ack: readonly unknown[]): void;
  fail(reason: string): void;
}

type Listener = (...args: never[]) => void;

export class Service {
  /** Whether the page has asked for a connection, and has not got it yet. */
  awaited = false;

  private questions: Question[] = [];
  private readonly listeners = new Map<string, Listener>();

  private readonly wire = {
    connected: false,
    on: (event: string, listener: Listener) => this.listeners.set(event, listener),
    connect: () => (this.awaited = true),
    disconnect: () => this.breaks('io client disconnect'),
    emitWithAck: (event: Asked, ...payload: unknown[]) => this.ask(event, payload),
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
  async holds(...todos: Todo[]): Promise<void> {
    this.accepts();
    await this.answers('todo:list', { data: todos });
  }

  /** Break the connection: first the page hears of it, then its open questions fail. */
  async breaks(reason = 'transport close'): Promise<void> {
    if (!this.wire.connected) return;
    this.wire.connected = false;
    const open = this.questions;
    this.questions = [];
    this.tell('disconnect', reason);
    open.forEach((question) => question.fail('socket has been disconnected'));
    this.awaited ||= reason === 'transport close';
    await settled();
  }

  /** What the page has asked and got no ack for, oldest first. */
  get open(): (readonly [Asked, ...unknown[]])[] {
    return this.questions.map(({ event, payload }) => [event, ...payload] as const);
  }

  /** Acknowledge the oldest open question of this name; gives what was asked. */
  async answers<Event extends Asked>(event: Event, ...ack: Ack<Event>): Promise<Arguments<Event>> {
    const question = this.take(event);
    question.answer(...ack);
    await settled();
    return question.payload as Arguments<Event>;
  }

  /** Let the oldest open question of this name wait for longer than the page does. */
  async ignores(event: Asked): Promise<void> {
    this.take(event).fail('operation has timed out');
    await settled();
  }

  /** Tell the page what somebody else did. */
  broadcasts<Event extends keyof ServerEvents>(
    event: Event,
    ...args: Parameters<ServerEvents[Event]>
  ): void {
    this.tell(event, ...args);
  }

  private ask(event: Asked, payload: unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) =>
      this.questions.push({
        event,
        payload,
        answer: (ack) => resolve(ack),
        fail: (reason) => reject(new Error(reason)),
      }),
    );
  }

  private take(event: Asked): Question {
    const index = this.questions.findIndex((question) => question.event === event);
    const [question] = index < 0 ? [] : this.questions.splice(index, 1);
    if (!question) throw new Error(`${event} was not asked`);
    return question;
  }

  private tell(event: string, ...args: unknown[]): void {
    this.listeners.get(event)?.(...(args as never[]));
  }
}

/** Wait until the page has made what it will of an ack. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
}

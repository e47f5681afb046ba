package io.socket.client;

import io.socket.emitter.Emitter;

public abstract class Socket extends Emitter {
    public abstract Socket connect();

    @Override
    public abstract Emitter emit(String event, Object... args);

    public abstract Emitter emit(String event, Object[] args, Ack ack);
}

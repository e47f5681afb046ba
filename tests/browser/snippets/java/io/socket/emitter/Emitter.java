package io.socket.emitter;

public abstract class Emitter {
    public abstract Emitter on(String event, Listener listener);

    public abstract Emitter emit(String event, Object... args);

    public interface Listener {
        void call(Object... args);
    }
}

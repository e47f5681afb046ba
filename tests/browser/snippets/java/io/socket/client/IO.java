package io.socket.client;

import java.net.URI;

public abstract class IO {
    public static native Socket socket(URI uri, Options options);

    public abstract static class Options {
        public static native SocketOptionBuilder builder();
    }
}

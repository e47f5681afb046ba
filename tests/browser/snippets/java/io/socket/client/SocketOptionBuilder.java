package io.socket.client;

import java.util.List;
import java.util.Map;

public abstract class SocketOptionBuilder {
    public abstract SocketOptionBuilder setPath(String path);

    public abstract SocketOptionBuilder setAuth(Map<String, String> auth);

    public abstract SocketOptionBuilder setExtraHeaders(Map<String, List<String>> extraHeaders);

    public abstract SocketOptionBuilder setQuery(String query);

    public abstract IO.Options build();
}

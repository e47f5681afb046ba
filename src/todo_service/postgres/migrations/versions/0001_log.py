"""Keep the list, the log of its changes, and the functions of version 1, which nodes call.

A node writes by `todo_commit_v1` only: it takes the turn, judges, writes, logs and notifies in one
call, so that no node holds the lock over a round trip. The number of a change is given out under
that lock, which is held until the commit: the order of the numbers is the order of the commits.
"""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    """
CREATE TABLE todo_head (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    seq bigint NOT NULL DEFAULT 0,    -- of the last change
    floor bigint NOT NULL DEFAULT 0,  -- changes up to it are no longer in the log
    todos bigint NOT NULL DEFAULT 0,  -- in the list
    epoch uuid NOT NULL DEFAULT gen_random_uuid()
) WITH (fillfactor = 10)
""",
    "INSERT INTO todo_head DEFAULT VALUES",
    """
CREATE TABLE todos (
    id uuid PRIMARY KEY,
    position bigint NOT NULL,  -- the number of the change that created it
    title varchar(256) NOT NULL CHECK (title <> ''),
    completed boolean NOT NULL
) WITH (fillfactor = 80)
""",
    """
CREATE TABLE todo_log (
    seq bigint PRIMARY KEY,
    n int NOT NULL,          -- which call of its batch it was
    kind "char" NOT NULL,    -- c, u or d: created, updated, deleted
    id uuid NOT NULL,
    title text,
    completed boolean,
    batch uuid,              -- on the first change of a batch only
    at timestamptz NOT NULL DEFAULT now()
)
""",
    "CREATE UNIQUE INDEX todo_log_batch ON todo_log (batch) WHERE batch IS NOT NULL",
    """
CREATE TABLE todo_keys (
    key uuid PRIMARY KEY,
    id uuid NOT NULL,        -- of the todo that was stored with it
    seq bigint NOT NULL,     -- the number of the change that stored it
    at timestamptz NOT NULL DEFAULT now()
)
""",
    "CREATE INDEX todo_keys_seq ON todo_keys (seq)",
)

# A history: a promoted replica goes on with another timeline, a new database has another epoch.
ORIGIN = """
CREATE FUNCTION todo_origin_v1(epoch uuid) RETURNS text LANGUAGE sql VOLATILE AS $$
    SELECT left(pg_walfile_name(pg_current_wal_lsn()), 8) || '-' || epoch::text
$$
"""

# Not in SQL, whose functions are planned anew by each call.
CHANGES = """
CREATE FUNCTION todo_changes_v1(above bigint, upto bigint) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        SELECT json_agg(json_build_array(kind, id, title, completed) ORDER BY seq)
        FROM todo_log WHERE seq > above AND seq <= upto
    )::text;
END
$$
"""

LOAD = """
CREATE FUNCTION todo_load_v1(OUT origin text, OUT head bigint, OUT todos text)
LANGUAGE sql STABLE AS $$
    SELECT todo_origin_v1(h.epoch), h.seq, (
        SELECT coalesce(json_agg(json_build_array(id, title, completed) ORDER BY position), '[]')
        FROM todos
    )::text
    FROM todo_head h
$$
"""

SINCE = """
CREATE FUNCTION todo_since_v1(
    origin text, after bigint, OUT head bigint, OUT changes text
) LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
DECLARE
    h todo_head;
BEGIN
    SELECT * INTO STRICT h FROM todo_head;
    IF todo_origin_v1(h.epoch) <> origin OR after < h.floor OR after > h.seq THEN
        RAISE 'the log does not lead on from %', after USING ERRCODE = 'TD001';
    END IF;
    head := h.seq;
    IF head > after THEN
        changes := todo_changes_v1(after, head);
    END IF;
END
$$
"""

# `done` are the calls, counted from 1, that changed something, in the order of their numbers from
# `first` on; `others` and `later` are what was changed before and after them, `known` the todos
# that were stored with the keys of creates that changed nothing.
COMMIT = """
CREATE FUNCTION todo_commit_v1(
    origin text, after bigint, this uuid, most bigint,
    kinds "char"[], ids uuid[], titles text[], completeds boolean[], keys uuid[],
    OUT head bigint, OUT first bigint, OUT others text, OUT done int[], OUT later text,
    OUT known text
) LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
    h todo_head;
    last bigint;
BEGIN
    SELECT * INTO STRICT h FROM todo_head FOR UPDATE;
    IF todo_origin_v1(h.epoch) <> origin OR after < h.floor OR after > h.seq THEN
        RAISE 'the log does not lead on from %', after USING ERRCODE = 'TD001';
    END IF;

    SELECT seq INTO first FROM todo_log WHERE batch = this;
    IF FOUND THEN  -- it is sent again: its changes end where those of the next batch begin
        SELECT coalesce(min(seq) - 1, h.seq) INTO last
        FROM todo_log WHERE seq > first AND batch IS NOT NULL;
        SELECT array_agg(n ORDER BY seq) INTO done
        FROM todo_log WHERE seq BETWEEN first AND last;
        others := todo_changes_v1(after, first - 1);
        later := todo_changes_v1(greatest(after, last), h.seq);
        head := h.seq;
    ELSE
        IF h.seq > after THEN
            others := todo_changes_v1(after, h.seq);
        END IF;
        first := h.seq + 1;
        done := todo_write_v1(h, this, most, kinds, ids, titles, completeds, keys);
        head := h.seq + coalesce(array_length(done, 1), 0);
        IF head > h.seq THEN
            PERFORM todo_notify_v1(origin, h.seq, head);
        END IF;
    END IF;

    IF keys IS NOT NULL THEN
        SELECT json_agg(json_build_array(c.n, k.id))::text INTO known
        FROM unnest(ids, keys) WITH ORDINALITY AS c(id, key, n) JOIN todo_keys k ON k.key = c.key
        WHERE k.id <> c.id;
    END IF;
END
$$
"""

NOTIFY = """
CREATE FUNCTION todo_notify_v1(origin text, before bigint, head bigint) RETURNS void
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    place text := origin || ' ' || before || ' ' || head || ' ';
    changes text := '';
BEGIN
    IF head - before <= 100 THEN
        changes := todo_changes_v1(before, head);
        IF octet_length(changes) > 7900 THEN  -- the most that a notification holds is 8,000
            changes := '';
        END IF;
    END IF;
    PERFORM pg_notify('todo', place || changes);
END
$$
"""

# Called under the lock: judges each call behind those before it, and writes what they come to.
WRITE = """
CREATE FUNCTION todo_write_v1(
    h todo_head, this uuid, most bigint,
    kinds "char"[], ids uuid[], titles text[], completeds boolean[], keys uuid[]
) RETURNS int[] LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
    there boolean[];   -- whether its todo is stored
    before int[];      -- the call before it that is about the same todo
    used boolean[];    -- whether its key was used
    again int[];       -- the call before it that has the same key
    alive boolean[];   -- whether what it writes outlives the batch
    done int[] := '{}';
    size bigint := h.todos;
    changed int := 0;
    created boolean := false;
    updated boolean := false;
    deleted boolean := false;
    stored boolean;
    earlier int;
BEGIN
    SELECT array_agg(t.id IS NOT NULL ORDER BY c.n), array_agg(c.before ORDER BY c.n)
    INTO there, before
    FROM (
        SELECT n, id, lag(n::int) OVER (PARTITION BY id ORDER BY n) AS before
        FROM unnest(ids) WITH ORDINALITY AS u(id, n)
    ) c LEFT JOIN todos t ON t.id = c.id;
    IF keys IS NOT NULL THEN
        SELECT array_agg(k.key IS NOT NULL ORDER BY c.n), array_agg(c.again ORDER BY c.n)
        INTO used, again
        FROM (
            SELECT n, key, CASE WHEN key IS NOT NULL THEN
                lag(n::int) OVER (PARTITION BY key ORDER BY n) END AS again
            FROM unnest(keys) WITH ORDINALITY AS u(key, n)
        ) c LEFT JOIN todo_keys k ON k.key = c.key;
    END IF;

    FOR i IN 1 .. coalesce(array_length(ids, 1), 0) LOOP
        earlier := before[i];
        stored := there[coalesce(earlier, i)];
        there[i] := stored;  -- from here on, after this call
        IF kinds[i] = 'c' THEN
            IF keys[i] IS NOT NULL THEN
                used[i] := used[coalesce(again[i], i)];
                CONTINUE WHEN used[i];
                used[i] := size < most;
            END IF;
            CONTINUE WHEN stored OR size >= most;
            there[i] := true;
            size := size + 1;
            created := true;
        ELSIF NOT stored THEN
            CONTINUE;
        ELSIF kinds[i] = 'u' THEN
            updated := true;
            IF earlier IS NOT NULL AND kinds[earlier] = 'u' THEN
                alive[earlier] := false;
            END IF;
        ELSE
            there[i] := false;
            size := size - 1;
            deleted := true;
            WHILE earlier IS NOT NULL LOOP
                alive[earlier] := false;
                earlier := before[earlier];
            END LOOP;
        END IF;
        alive[i] := true;
        changed := changed + 1;
        done[changed] := i;
    END LOOP;
    IF changed = 0 THEN
        RETURN done;
    END IF;

    INSERT INTO todo_log (seq, n, kind, id, title, completed, batch)
    SELECT h.seq + d.place, d.n, kinds[d.n], ids[d.n], titles[d.n], completeds[d.n],
        CASE d.place WHEN 1 THEN this END
    FROM unnest(done) WITH ORDINALITY AS d(n, place);
    IF deleted THEN
        DELETE FROM todos WHERE id IN (
            SELECT ids[d.n] FROM unnest(done) AS d(n) WHERE kinds[d.n] = 'd'
        );
    END IF;
    IF created THEN
        INSERT INTO todos (id, position, title, completed)
        SELECT ids[d.n], h.seq + d.place, titles[d.n], completeds[d.n]
        FROM unnest(done) WITH ORDINALITY AS d(n, place)
        WHERE kinds[d.n] = 'c' AND alive[d.n];
    END IF;
    IF updated THEN
        UPDATE todos t SET title = titles[d.n], completed = completeds[d.n]
        FROM unnest(done) AS d(n)
        WHERE kinds[d.n] = 'u' AND alive[d.n] AND t.id = ids[d.n];
    END IF;
    IF keys IS NOT NULL THEN
        INSERT INTO todo_keys (key, id, seq)
        SELECT keys[d.n], ids[d.n], h.seq + d.place
        FROM unnest(done) WITH ORDINALITY AS d(n, place)
        WHERE kinds[d.n] = 'c' AND keys[d.n] IS NOT NULL;
    END IF;
    UPDATE todo_head SET seq = h.seq + changed, todos = size;
    RETURN done;
END
$$
"""

# A slice at a time, the head's row last: nobody waits for a long deletion.
PRUNE = """
CREATE FUNCTION todo_prune_v1(
    keep interval, most bigint, most_keys bigint, slice int, OUT pruned bigint
) LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
    upto bigint;
BEGIN
    DELETE FROM todo_keys WHERE key IN (
        SELECT key FROM (SELECT key, seq, at FROM todo_keys ORDER BY seq LIMIT slice) k
        WHERE at < now() - keep
            OR seq <= (SELECT seq FROM todo_keys ORDER BY seq DESC OFFSET most_keys LIMIT 1)
    );
    GET DIAGNOSTICS pruned = ROW_COUNT;
    SELECT max(l.seq) INTO upto
    FROM todo_head h, LATERAL (
        SELECT seq, at FROM todo_log WHERE seq > h.floor ORDER BY seq LIMIT slice
    ) l
    WHERE l.seq <= h.seq - most OR l.at < now() - keep;
    IF upto IS NOT NULL THEN
        DELETE FROM todo_log WHERE seq <= upto;
        UPDATE todo_head SET floor = greatest(floor, upto);
        pruned := greatest(pruned, slice);
    END IF;
END
$$
"""

CALLED = ("todo_load_v1", "todo_since_v1", "todo_commit_v1", "todo_prune_v1")
"""What nodes may be granted: it runs with the rights of its owner, who owns the tables."""

INNER = ("todo_origin_v1", "todo_changes_v1", "todo_notify_v1", "todo_write_v1")


def upgrade() -> None:
    """Make the tables, and the functions of version 1."""
    for statement in (*TABLES, ORIGIN, CHANGES, LOAD, SINCE, NOTIFY, WRITE, COMMIT, PRUNE):
        op.execute(statement)
    for name in CALLED:
        op.execute(f"ALTER FUNCTION {name} SECURITY DEFINER SET search_path FROM CURRENT")
    for name in (*CALLED, *INNER):
        op.execute(f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC")


def downgrade() -> None:
    """Drop everything, the todos too."""
    for name in (*CALLED, *INNER):
        op.execute(f"DROP FUNCTION {name}")
    op.execute("DROP TABLE todo_keys, todo_log, todos, todo_head")

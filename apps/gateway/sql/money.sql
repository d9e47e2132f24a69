-- The money transactions, each one round trip. Order of locks for every writer: windows by id, then
-- generations by id, then quarter-hours by key.

-- Which of these calls may run at all, asked when the windows are already locked: the process still
-- has its lease; key, person and project are live; the policy is the one the call was judged by.
CREATE OR REPLACE FUNCTION gateway_live(calls jsonb) RETURNS TABLE (call_id text, verdict text)
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT c.id,
           CASE WHEN l.process_id IS NULL THEN 'no_lease'
                WHEN p.id IS NULL OR u.id IS NULL
                  OR (c.key_id IS NOT NULL AND k.id IS NULL)
                  OR m.id IS NULL THEN 'stale'
                WHEN p.policy_version + h.policy_version + coalesce(k.policy_version, 0)
                     <> c.policy_version THEN 'stale'
                ELSE 'live' END
      FROM jsonb_to_recordset(calls) AS c(
           id text, project_id bigint, key_id bigint, user_id bigint, process_id text,
           policy_version bigint)
      CROSS JOIN accounts_household h
      LEFT JOIN gateway_processlease l ON l.process_id = c.process_id AND l.expires_at > now()
      LEFT JOIN projects_project p ON p.id = c.project_id AND p.archived_at IS NULL
      LEFT JOIN accounts_user u ON u.id = c.user_id AND u.is_active
      LEFT JOIN projects_membership m
             ON m.project_id = c.project_id AND m.user_id = c.user_id AND m.is_active
            AND m.role <> 'viewer'  -- as projects/access.py: workplaces_of
      LEFT JOIN keys_apikey k
             ON k.id = c.key_id AND k.project_id = c.project_id
            AND (k.owner_id = c.user_id OR k.is_front_end AND EXISTS (
                SELECT 1 FROM projects_membership o
                  JOIN accounts_user ou ON ou.id = o.user_id AND ou.is_active
                 WHERE o.project_id = k.project_id AND o.user_id = k.owner_id AND o.is_active
                   AND o.role <> 'viewer'))
            AND k.revoked_at IS NULL AND k.disabled_at IS NULL
            AND (k.expires_at IS NULL OR k.expires_at > now());
END $$;

CREATE OR REPLACE FUNCTION gateway_windows(items jsonb) RETURNS bigint[] LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    ids bigint[];
BEGIN
    IF NOT items @? '$[*].windows[0]' THEN
        RETURN NULL;
    END IF;
    SELECT array_agg(DISTINCT x.value::bigint) INTO ids
      FROM jsonb_array_elements(items) c, jsonb_array_elements_text(c.value -> 'windows') x;
    RETURN ids;
END $$;

-- Which of these calls the limits of their keys refuse, and in how many seconds to ask again: in the
-- last minute as many began as may (too_fast), or as many run as may at once (too_many). The rows of
-- the calls themselves are counted, so a call that ended in whatever way gives its place back with
-- its settlement. One batch at a time for each key, whichever process brings it.
CREATE OR REPLACE FUNCTION gateway_throttled(calls jsonb)
RETURNS TABLE (call_id text, verdict text, seconds numeric) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    since text;
BEGIN
    PERFORM pg_advisory_xact_lock(7446022, (one.key_id % 2147483647)::int)
       FROM (SELECT DISTINCT (c.value ->> 'key_id')::bigint AS key_id
               FROM jsonb_array_elements(calls) c ORDER BY 1) one;
    since := 'gen-' || (extract(epoch FROM clock_timestamp()) * 1000)::bigint - 60000;
    RETURN QUERY
        WITH asked AS (
            SELECT c.value ->> 'id' AS id, (c.value ->> 'key_id')::bigint AS key_id,
                   row_number() OVER (PARTITION BY c.value ->> 'key_id' ORDER BY c.ordinality)
                       AS place
              FROM jsonb_array_elements(calls) WITH ORDINALITY c
        ), room AS MATERIALIZED (
            SELECT k.id, minute.oldest, k.requests_per_minute - minute.begun AS this_minute,
                   k.max_in_flight - (
                       SELECT count(*) FROM usage_generation g  -- + 0: by the index of open calls
                        WHERE k.max_in_flight IS NOT NULL AND g.state = 'open'
                          AND g.key_id + 0 = k.id) AS at_once
              FROM keys_apikey k
             CROSS JOIN LATERAL (
                   SELECT count(*) AS begun, min(last.created_at) AS oldest
                     FROM (SELECT g.created_at FROM usage_generation g
                            WHERE g.key_id = k.id AND g.id > since AND g.state <> 'released'
                            ORDER BY g.id DESC
                            LIMIT coalesce(k.requests_per_minute, 0)) last) minute
             WHERE k.id IN (SELECT asked.key_id FROM asked)
        )
        SELECT a.id,
               CASE WHEN r.at_once < r.this_minute OR r.this_minute IS NULL THEN 'too_many'
                    ELSE 'too_fast' END,
               CASE WHEN r.at_once < r.this_minute OR r.this_minute IS NULL THEN 1
                    ELSE greatest(1, ceil(60 - extract(epoch FROM clock_timestamp()
                                          - coalesce(r.oldest, clock_timestamp())))) END
          FROM asked a JOIN room r ON r.id = a.key_id
         WHERE a.place > least(r.this_minute, r.at_once);
END $$;

-- Holds money for a batch of calls and gives each its row. Verdicts: admitted, stale, no_lease,
-- too_fast or too_many (`available` is in how many seconds to ask again), refused. Where budgets bind
-- a call: the window with the least left, what is left there, what calls hold there, and what is left
-- in each of its windows once its hold is taken, in their order.
DROP FUNCTION IF EXISTS gateway_reserve(jsonb);
CREATE FUNCTION gateway_reserve(calls jsonb)
RETURNS TABLE (call_id text, verdict text, tightest bigint, available numeric, held numeric,
               rooms text)
LANGUAGE plpgsql AS $$
DECLARE
    wids bigint[] := gateway_windows(calls);
    verdicts jsonb;
    lefts jsonb := '{}';
    waits jsonb := '{}';
    bound jsonb;
BEGIN
    IF wids IS NOT NULL THEN
        PERFORM ledger_lock(wids);
    END IF;
    SELECT jsonb_object_agg(v.call_id, v.verdict) INTO verdicts FROM gateway_live(calls) v;
    IF calls @? '$[*].is_limited ? (@ == true)' THEN
        SELECT jsonb_agg(c.value ORDER BY c.ordinality) INTO bound
          FROM jsonb_array_elements(calls) WITH ORDINALITY c
         WHERE (c.value -> 'is_limited')::boolean AND verdicts ->> (c.value ->> 'id') = 'live';
        SELECT verdicts || coalesce(jsonb_object_agg(t.call_id, t.verdict), '{}'),
               coalesce(jsonb_object_agg(t.call_id, t.seconds), '{}')
          INTO verdicts, waits FROM gateway_throttled(coalesce(bound, '[]')) t;
    END IF;
    IF wids IS NOT NULL THEN
        SELECT jsonb_agg(c.value ORDER BY c.ordinality) INTO bound
          FROM jsonb_array_elements(calls) WITH ORDINALITY c
         WHERE verdicts ->> (c.value ->> 'id') = 'live'
           AND jsonb_array_length(c.value -> 'windows') > 0;
        IF bound IS NOT NULL THEN
            SELECT jsonb_object_agg(h.call_id, jsonb_build_array(
                       h.tightest, h.available, h.held, h.rooms)),
                   verdicts || coalesce(jsonb_object_agg(h.call_id, 'refused')
                                        FILTER (WHERE h.is_refused), '{}')
              INTO lefts, verdicts FROM ledger_hold(bound) h;
        END IF;
    END IF;
    IF wids IS NULL AND NOT verdicts @? '$.* ? (@ != "live")' THEN
        PERFORM recorder_open(calls);
        RETURN QUERY SELECT c.value ->> 'id', 'admitted', NULL::bigint, NULL::numeric, NULL::numeric,
                            NULL::text
                       FROM jsonb_array_elements(calls) c;
        RETURN;
    END IF;
    PERFORM recorder_open(coalesce((
        SELECT jsonb_agg(c.value) FROM jsonb_array_elements(calls) c
         WHERE verdicts ->> (c.value ->> 'id') = 'live'), '[]'));
    RETURN QUERY
        SELECT c.value ->> 'id',
               CASE verdicts ->> (c.value ->> 'id') WHEN 'live' THEN 'admitted'
                    ELSE verdicts ->> (c.value ->> 'id') END,
               (lefts -> (c.value ->> 'id') ->> 0)::bigint,
               coalesce(lefts -> (c.value ->> 'id') ->> 1, waits ->> (c.value ->> 'id'))::numeric,
               (lefts -> (c.value ->> 'id') ->> 2)::numeric,
               lefts -> (c.value ->> 'id') ->> 3
          FROM jsonb_array_elements(calls) c;
END $$;

-- Closes a batch of calls: windows, generations, details and quarter-hours, each exactly once.
-- Returns the ids it closed; an id that was closed before is left as it is.
CREATE OR REPLACE FUNCTION gateway_settle(items jsonb) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
    wids bigint[] := gateway_windows(items);
    closed jsonb;
    ids text[];
BEGIN
    IF wids IS NOT NULL THEN
        PERFORM ledger_lock(wids);
    END IF;
    IF jsonb_array_length(items) > 1 THEN  -- one row needs no order
        PERFORM recorder_lock(ARRAY(SELECT c.value ->> 'id' FROM jsonb_array_elements(items) c));
    END IF;
    closed := recorder_close(items);
    IF wids IS NOT NULL THEN
        PERFORM ledger_settle(closed);
    END IF;
    SELECT coalesce(array_agg(c.value ->> 'id'), '{}') INTO ids FROM jsonb_array_elements(closed) c;
    RETURN ids;
END $$;

-- Holds more for one running call, after an attempt that may be billed. False where it does not
-- fit, or where the call was closed in the meantime: nobody would give that money back.
CREATE OR REPLACE FUNCTION gateway_extend(generation text, amount numeric) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
    wids bigint[];
BEGIN
    SELECT window_ids INTO wids FROM usage_generation WHERE id = generation;
    IF wids IS NULL THEN
        RETURN false;
    END IF;
    PERFORM ledger_lock(wids);
    IF NOT recorder_lock(ARRAY[generation]) THEN
        RETURN false;
    END IF;
    IF cardinality(wids) > 0 AND EXISTS (
        SELECT 1 FROM ledger_hold(jsonb_build_array(jsonb_build_object(
            'id', generation, 'hold', amount, 'windows', to_jsonb(wids)))) h
         WHERE h.is_refused) THEN
        RETURN false;
    END IF;
    PERFORM recorder_extend(generation, amount);
    RETURN true;
END $$;

-- The open calls of processes whose lease ran out. None, before somebody has been in touch with
-- this database for as long as a lease lasts: until then, whoever did not renew may have been cut
-- off as everybody was, and will settle its calls itself.
CREATE OR REPLACE FUNCTION gateway_lost() RETURNS SETOF usage_generation LANGUAGE sql STABLE AS $$
    SELECT g.*
      FROM usage_generation g
      LEFT JOIN gateway_processlease l ON l.process_id = g.process_id
     WHERE g.state = 'open' AND (l.process_id IS NULL OR l.expires_at < now())
       AND EXISTS (
           SELECT 1 FROM gateway_processlease t
            WHERE t.expires_at > now()
              AND greatest(t.started_at, pg_postmaster_start_time())
                  <= now() - (t.expires_at - now()))
$$;

-- Closes up to `most` such calls, or this one alone. Returns how many.
CREATE OR REPLACE FUNCTION gateway_sweep(most int, alone text DEFAULT NULL) RETURNS int
LANGUAGE plpgsql AS $$
DECLARE
    items jsonb;
BEGIN
    IF NOT pg_try_advisory_xact_lock(7446021, 1) THEN
        RETURN 0;
    END IF;
    SELECT jsonb_agg(jsonb_build_object(
               'id', g.id, 'windows', to_jsonb(g.window_ids), 'state', 'closed',
               'cost', CASE WHEN g.bills_whole AND NOT g.is_streamed THEN g.hold_usd
                            ELSE least(g.hold_usd, greatest(g.prompt_estimate_usd, g.checkpoint_usd))
                       END,
               'is_estimated', true, 'status', 500, 'error_type', 'process_lost',
               'finish_reason', 'error', 'native_finish_reason', '', 'was_cancelled', false,
               'prompt_tokens', 0, 'completion_tokens', 0, 'reasoning_tokens', 0,
               'cached_tokens', 0, 'cache_write_tokens', 0))
      INTO items
      FROM (SELECT * FROM gateway_lost() WHERE alone IS NULL OR id = alone
             ORDER BY id LIMIT most) g;
    IF items IS NULL THEN
        DELETE FROM gateway_processlease WHERE expires_at < now() - interval '1 hour';
        RETURN 0;
    END IF;
    RETURN cardinality(gateway_settle(items));
END $$;

-- The recorder's own statements: the only ones that write generations and quarter-hours. All in
-- plpgsql, which keeps their plans for as long as the connection lives. A call is open while it has
-- no closed_at: asked for by its state, a row would be looked for in the index of all open calls,
-- from its beginning to its end, instead of by its key.

-- A call is born when it is written, give or take: however long a process slept, or a clock went
-- wrong, none appears in the past of more than ten minutes. So a day that ended a quarter of an hour
-- ago gets no further call, and can be added up (days.py).
CREATE OR REPLACE FUNCTION recorder_open(calls jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO usage_generation (
        id, created_at, process_id, project_id, key_id, user_id, app, requested_model, is_streamed,
        bills_whole, window_ids, hold_usd, prompt_estimate_usd, model, endpoint_id, provider)
    SELECT id, greatest(least(created_at, now() + interval '1 minute'),
                        now() - interval '10 minutes'),
           process_id, project_id, key_id, user_id, app, requested_model, is_streamed,
           bills_whole, windows, hold, prompt_estimate, model, endpoint_id, provider
      FROM jsonb_to_recordset(calls) AS c(
           id text, created_at timestamptz, process_id text, project_id bigint, key_id bigint,
           user_id bigint, app text, requested_model text, is_streamed boolean,
           bills_whole boolean, windows bigint[], hold numeric, prompt_estimate numeric,
           model text, endpoint_id bigint, provider text);
END $$;

-- Locks these calls in the one order of all writers. True where one of them is still open.
CREATE OR REPLACE FUNCTION recorder_lock(ids text[]) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM usage_generation WHERE id = ANY(ids) AND closed_at IS NULL
      ORDER BY id FOR NO KEY UPDATE;
    RETURN FOUND;
END $$;

-- Closes what is still open, exactly once, with its details and its share of the quarter-hours, in
-- one statement: what is closed is read once. A cost that is null is the hold. Returns what it
-- closed: [{id, windows, hold, cost}]. The rows are named by an array beside the join: a plan made
-- while the table was small could else begin the join with the whole table.
CREATE OR REPLACE FUNCTION recorder_close(items jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    ids text[] := ARRAY(SELECT i.value ->> 'id' FROM jsonb_array_elements(items) i);
    done jsonb;
BEGIN
    WITH c AS (
        SELECT * FROM jsonb_to_recordset(items) AS c(
            id text, state text, cost numeric, is_estimated boolean, status int, error_type text,
            finish_reason text, native_finish_reason text, was_cancelled boolean,
            model text, endpoint_id bigint, provider text,
            prompt_tokens bigint, completion_tokens bigint, reasoning_tokens bigint,
            cached_tokens bigint, cache_write_tokens bigint, latency_ms int, duration_ms int,
            details jsonb)
    ), closed AS (
        UPDATE usage_generation g
           SET state = c.state, closed_at = now(), cost_usd = coalesce(c.cost, g.hold_usd),
               is_estimated = c.is_estimated, status = c.status, error_type = c.error_type,
               finish_reason = c.finish_reason, native_finish_reason = c.native_finish_reason,
               was_cancelled = c.was_cancelled,
               model = coalesce(c.model, g.model), provider = coalesce(c.provider, g.provider),
               endpoint_id = coalesce(c.endpoint_id, g.endpoint_id),
               prompt_tokens = c.prompt_tokens, completion_tokens = c.completion_tokens,
               reasoning_tokens = c.reasoning_tokens, cached_tokens = c.cached_tokens,
               cache_write_tokens = c.cache_write_tokens, latency_ms = c.latency_ms,
               duration_ms = c.duration_ms
          FROM c
         WHERE g.id = ANY(ids) AND g.id = c.id AND g.closed_at IS NULL
        RETURNING g.*, c.details
    ), kept AS (
        INSERT INTO usage_generationdetail (generation_id, details)
        SELECT id, details FROM closed WHERE jsonb_typeof(details) = 'object'
        ON CONFLICT (generation_id) DO NOTHING
    ), summed AS (
        INSERT INTO usage_usagequarter AS q (
            starts_at, project_id, key_id, user_id, app, model, endpoint_id, requests, cost_usd,
            prompt_tokens, completion_tokens, reasoning_tokens, cached_tokens)
        SELECT date_bin('15 minutes', created_at, 'epoch'::timestamptz), project_id,
               coalesce(key_id, 0), user_id, app, model, coalesce(endpoint_id, 0), count(*),
               sum(cost_usd), sum(prompt_tokens), sum(completion_tokens), sum(reasoning_tokens),
               sum(cached_tokens)
          FROM closed
         WHERE state = 'closed'
         GROUP BY 1, 2, 3, 4, 5, 6, 7
         ORDER BY 1, 2, 3, 4, 5, 6, 7
        ON CONFLICT (starts_at, project_id, key_id, user_id, app, model, endpoint_id) DO UPDATE
           SET requests = q.requests + excluded.requests,
               cost_usd = q.cost_usd + excluded.cost_usd,
               prompt_tokens = q.prompt_tokens + excluded.prompt_tokens,
               completion_tokens = q.completion_tokens + excluded.completion_tokens,
               reasoning_tokens = q.reasoning_tokens + excluded.reasoning_tokens,
               cached_tokens = q.cached_tokens + excluded.cached_tokens
    )
    SELECT coalesce(jsonb_agg(jsonb_build_object(
               'id', id, 'windows', to_jsonb(window_ids), 'hold', hold_usd, 'cost', cost_usd)),
           '[]'::jsonb)
      INTO done FROM closed;
    RETURN done;
END $$;

DROP FUNCTION IF EXISTS recorder_keep_details(jsonb, text[]);
DROP FUNCTION IF EXISTS recorder_roll_up(text[]);

CREATE OR REPLACE FUNCTION recorder_extend(generation text, amount numeric) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE usage_generation SET hold_usd = hold_usd + amount WHERE id = generation AND closed_at IS NULL;
END $$;

-- Removes receipts that ended and are older than this, the oldest first, with their details. Their
-- ids tell about when they began, so that no index of its own is needed. Returns how many.
CREATE OR REPLACE FUNCTION recorder_prune(before timestamptz, most int) RETURNS int
LANGUAGE plpgsql AS $$
DECLARE
    ids text[] := ARRAY(
        SELECT id FROM usage_generation
         WHERE id < 'gen-' || (extract(epoch FROM before) * 1000)::bigint
           AND created_at < before AND closed_at IS NOT NULL
         ORDER BY id LIMIT most);
BEGIN
    DELETE FROM usage_generationdetail WHERE generation_id = ANY(ids);
    DELETE FROM usage_generation WHERE id = ANY(ids);
    RETURN cardinality(ids);
END $$;

-- Makes the quarter-hours of a span what its receipts come to; returns how many rows were not. What
-- is missing is added to each row rather than written over it: calls that settle meanwhile change
-- both books at once, so the difference seen at one moment stays right. One at a time, or it would
-- be added twice.
CREATE OR REPLACE FUNCTION recorder_correct(since timestamptz, until timestamptz) RETURNS int
LANGUAGE plpgsql SET plan_cache_mode = 'force_custom_plan' SET work_mem = '64MB' AS $$
DECLARE
    changed bigint[];
BEGIN
    WITH counted AS (
        SELECT date_bin('15 minutes', created_at, 'epoch'::timestamptz) AS starts_at, project_id,
               coalesce(key_id, 0) AS key_id, user_id, app, model,
               coalesce(endpoint_id, 0) AS endpoint_id, count(*) AS requests,
               sum(cost_usd) AS cost, sum(prompt_tokens) AS prompt,
               sum(completion_tokens) AS completion, sum(reasoning_tokens) AS reasoning,
               sum(cached_tokens) AS cached
          FROM usage_generation
         WHERE state = 'closed' AND created_at >= since AND created_at < until
           AND closed_at >= since - interval '1 day'  -- by its index: none ends before it began
         GROUP BY 1, 2, 3, 4, 5, 6, 7
    ), standing AS (
        SELECT * FROM usage_usagequarter WHERE starts_at >= since AND starts_at < until
    ), missing AS (
        SELECT starts_at, project_id, key_id, user_id, app, model, endpoint_id,
               coalesce(c.requests, 0) - coalesce(s.requests, 0) AS requests,
               coalesce(c.cost, 0) - coalesce(s.cost_usd, 0) AS cost,
               coalesce(c.prompt, 0) - coalesce(s.prompt_tokens, 0) AS prompt,
               coalesce(c.completion, 0) - coalesce(s.completion_tokens, 0) AS completion,
               coalesce(c.reasoning, 0) - coalesce(s.reasoning_tokens, 0) AS reasoning,
               coalesce(c.cached, 0) - coalesce(s.cached_tokens, 0) AS cached
          FROM counted c FULL JOIN standing s
               USING (starts_at, project_id, key_id, user_id, app, model, endpoint_id)
    ), written AS (
        INSERT INTO usage_usagequarter AS q (
            starts_at, project_id, key_id, user_id, app, model, endpoint_id, requests, cost_usd,
            prompt_tokens, completion_tokens, reasoning_tokens, cached_tokens)
        SELECT * FROM missing
         WHERE (requests, cost, prompt, completion, reasoning, cached) <> (0, 0, 0, 0, 0, 0)
         ORDER BY 1, 2, 3, 4, 5, 6, 7
        ON CONFLICT (starts_at, project_id, key_id, user_id, app, model, endpoint_id) DO UPDATE
           SET requests = q.requests + excluded.requests,
               cost_usd = q.cost_usd + excluded.cost_usd,
               prompt_tokens = q.prompt_tokens + excluded.prompt_tokens,
               completion_tokens = q.completion_tokens + excluded.completion_tokens,
               reasoning_tokens = q.reasoning_tokens + excluded.reasoning_tokens,
               cached_tokens = q.cached_tokens + excluded.cached_tokens
        RETURNING id
    )
    SELECT coalesce(array_agg(id), '{}') INTO changed FROM written;
    DELETE FROM usage_usagequarter
     WHERE id = ANY(changed)
       AND (requests, cost_usd, prompt_tokens, completion_tokens, reasoning_tokens, cached_tokens)
         = (0, 0, 0, 0, 0, 0);
    RETURN cardinality(changed);
END $$;

-- What running streams would cost if they stopped now, for the sweep. Waits for nobody: a call
-- that somebody else holds is being closed.
CREATE OR REPLACE FUNCTION recorder_checkpoint(ids text[], amounts numeric[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    WITH free AS (
        SELECT id FROM usage_generation WHERE id = ANY(ids) AND closed_at IS NULL
         ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
    )
    UPDATE usage_generation g SET checkpoint_usd = c.amount
      FROM free, unnest(ids, amounts) AS c(id, amount) WHERE g.id = free.id AND c.id = free.id;
END $$;

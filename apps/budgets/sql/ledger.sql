-- The ledger's own statements. Nothing else changes a window's figures. Every caller runs them in
-- one transaction, windows first and in id order.

CREATE OR REPLACE FUNCTION ledger_lock(ids bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM budgets_budgetwindow WHERE id = ANY(ids) ORDER BY id FOR UPDATE;
END $$;

-- A window of a budget, with the limit that holds now; the one that begins at this moment already
-- stands where somebody was faster. Returns its id, and whether it is new.
CREATE OR REPLACE FUNCTION ledger_open(
    of_budget bigint, begins timestamptz, finishes timestamptz, most numeric,
    OUT id bigint, OUT is_new boolean)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
    INSERT INTO budgets_budgetwindow AS w (
        budget_id, starts_at, ends_at, limit_usd, extra_usd, spent_usd, held_usd)
    VALUES (of_budget, begins, finishes, most, 0, 0, 0)
    ON CONFLICT (budget_id, starts_at) DO NOTHING RETURNING w.id INTO id;
    is_new := id IS NOT NULL;
    IF NOT is_new THEN
        SELECT w.id INTO id FROM budgets_budgetwindow w
         WHERE w.budget_id = of_budget AND w.starts_at = begins;
    END IF;
END $$;

-- A person's acts: another limit for windows that run, and more (or less again) for one of them.
CREATE OR REPLACE FUNCTION ledger_limit(ids bigint[], most numeric) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM ledger_lock(ids);
    UPDATE budgets_budgetwindow SET limit_usd = most WHERE id = ANY(ids);
END $$;

CREATE OR REPLACE FUNCTION ledger_extra(of_window bigint, amount numeric) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM ledger_lock(ARRAY[of_window]);
    UPDATE budgets_budgetwindow SET extra_usd = extra_usd + amount WHERE id = of_window;
END $$;

-- Decides calls in arrival order against the running remainders and holds what was admitted.
-- calls: [{id, hold, windows: [id, …]}]. Returns one row per call: whether it was refused, the window
-- with the least left, what is left there (after this call's hold), what calls hold there, and what is
-- left in each of its windows, in their order, as text: the house only writes it down.
DROP FUNCTION IF EXISTS ledger_hold(jsonb);
CREATE FUNCTION ledger_hold(calls jsonb)
RETURNS TABLE (call_id text, is_refused boolean, tightest bigint, available numeric, held numeric,
               rooms text)
LANGUAGE plpgsql AS $$
DECLARE
    ids bigint[];
    lefts numeric[];
    helds numeric[];
    adds numeric[];
    wids bigint[];
    one record;
    place int;
    wid bigint;
    amount numeric;
BEGIN
    SELECT array_agg(w.id ORDER BY w.id),
           array_agg(w.limit_usd + w.extra_usd - w.spent_usd - w.held_usd ORDER BY w.id),
           array_agg(w.held_usd ORDER BY w.id)
      INTO ids, lefts, helds
      FROM budgets_budgetwindow w
     WHERE w.id IN (SELECT x.value::bigint
                      FROM jsonb_array_elements(calls) c,
                           jsonb_array_elements_text(c.value -> 'windows') x);
    adds := array_fill(0::numeric, ARRAY[coalesce(array_length(ids, 1), 0)]);
    FOR one IN SELECT c.value AS call FROM jsonb_array_elements(calls) WITH ORDINALITY c ORDER BY c.ordinality
    LOOP
        call_id := one.call ->> 'id';
        amount := (one.call ->> 'hold')::numeric;
        wids := ARRAY(SELECT x.value::bigint
                        FROM jsonb_array_elements_text(one.call -> 'windows') x);
        tightest := NULL;
        available := NULL;
        rooms := '';
        FOREACH wid IN ARRAY wids LOOP
            place := array_position(ids, wid);
            IF available IS NULL OR coalesce(lefts[place], 0) < available THEN
                tightest := wid;
                available := coalesce(lefts[place], 0);  -- a window that is gone has nothing
            END IF;
        END LOOP;
        is_refused := available < amount;
        IF NOT is_refused THEN
            FOREACH wid IN ARRAY wids LOOP
                place := array_position(ids, wid);
                lefts[place] := lefts[place] - amount;
                helds[place] := helds[place] + amount;
                adds[place] := adds[place] + amount;
                rooms := concat(rooms, ' ', lefts[place]);
            END LOOP;
            available := available - amount;
        END IF;
        held := coalesce(helds[array_position(ids, tightest)], 0);
        RETURN NEXT;
    END LOOP;
    IF array_length(ids, 1) > 0 THEN
        UPDATE budgets_budgetwindow w SET held_usd = w.held_usd + d.amount
          FROM unnest(ids, adds) AS d(id, amount) WHERE w.id = d.id AND d.amount <> 0;
    END IF;
END $$;

-- Gives holds back and books costs. closed: [{windows: [id, …], hold, cost}].
CREATE OR REPLACE FUNCTION ledger_settle(closed jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE budgets_budgetwindow w
       SET held_usd = w.held_usd - d.hold, spent_usd = w.spent_usd + d.cost
      FROM (SELECT x.value::bigint AS id,
                   sum((c.value ->> 'hold')::numeric) AS hold,
                   sum((c.value ->> 'cost')::numeric) AS cost
              FROM jsonb_array_elements(closed) c,
                   jsonb_array_elements_text(c.value -> 'windows') x
             GROUP BY 1) d
     WHERE w.id = d.id;
END $$;

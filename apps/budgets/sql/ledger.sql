-- The ledger's own statements. Nothing else changes a window's figures. Every caller runs them in
-- one transaction, windows first and in id order.

CREATE FUNCTION ledger_lock(ids bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM budgets_budgetwindow WHERE id = ANY(ids) ORDER BY id FOR UPDATE;
END $$;

-- Decides calls in arrival order against the running remainders and holds what was admitted.
-- calls: [{id, hold, windows: [id, …]}]. Returns one row per call: the window that refused it and
-- what is left there, or a null window where it was admitted.
CREATE FUNCTION ledger_hold(calls jsonb)
RETURNS TABLE (call_id text, refused_by bigint, available numeric) LANGUAGE plpgsql AS $$
DECLARE
    ids bigint[];
    lefts numeric[];
    adds numeric[];
    one record;
    place int;
    wid bigint;
    amount numeric;
BEGIN
    SELECT array_agg(w.id ORDER BY w.id),
           array_agg(w.limit_usd + w.extra_usd - w.spent_usd - w.held_usd ORDER BY w.id)
      INTO ids, lefts
      FROM budgets_budgetwindow w
     WHERE w.id IN (SELECT x.value::bigint
                      FROM jsonb_array_elements(calls) c,
                           jsonb_array_elements_text(c.value -> 'windows') x);
    adds := array_fill(0::numeric, ARRAY[coalesce(array_length(ids, 1), 0)]);
    FOR one IN SELECT c.value AS call FROM jsonb_array_elements(calls) WITH ORDINALITY c ORDER BY c.ordinality
    LOOP
        call_id := one.call ->> 'id';
        refused_by := NULL;
        available := NULL;
        amount := (one.call ->> 'hold')::numeric;
        FOR wid IN SELECT x.value::bigint FROM jsonb_array_elements_text(one.call -> 'windows') x
        LOOP
            place := array_position(ids, wid);
            IF place IS NULL OR lefts[place] < amount THEN
                IF refused_by IS NULL OR coalesce(lefts[place], 0) < available THEN
                    refused_by := wid;
                    available := coalesce(lefts[place], 0);
                END IF;
            END IF;
        END LOOP;
        IF refused_by IS NULL THEN
            FOR wid IN SELECT x.value::bigint FROM jsonb_array_elements_text(one.call -> 'windows') x
            LOOP
                place := array_position(ids, wid);
                lefts[place] := lefts[place] - amount;
                adds[place] := adds[place] + amount;
            END LOOP;
        END IF;
        RETURN NEXT;
    END LOOP;
    IF array_length(ids, 1) > 0 THEN
        UPDATE budgets_budgetwindow w SET held_usd = w.held_usd + d.amount
          FROM unnest(ids, adds) AS d(id, amount) WHERE w.id = d.id AND d.amount <> 0;
    END IF;
END $$;

-- Gives holds back and books costs. closed: [{windows: [id, …], hold, cost}].
CREATE FUNCTION ledger_settle(closed jsonb) RETURNS void LANGUAGE plpgsql AS $$
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

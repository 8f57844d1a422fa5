-- span_now(membership): the one of spans_of that is of the present time in the conversation, or of the
-- last. Those of earlier times are all before it. A helper, inlined.
create or replace function span_now(p_mine membership)
returns table (first_seq int8, last_seq int8)
language sql immutable
as $$
    select greatest(coalesce(p_mine.history_from, p_mine.joined_rev), p_mine.cleared_seq + 1),
           coalesce(p_mine.left_rev, 9223372036854775807)
$$;

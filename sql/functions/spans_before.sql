-- spans_before(membership): those of spans_of that are of earlier times in the conversation; mostly none.
-- A helper, inlined. Reads past_membership.
create or replace function spans_before(p_mine membership)
returns table (first_seq int8, last_seq int8)
language sql stable
as $$
    select greatest(p.joined_rev, p_mine.cleared_seq + 1),
           least(p.left_rev, coalesce(p_mine.history_from, p_mine.joined_rev) - 1)
      from past_membership p
     where p.conversation_id = p_mine.conversation_id and p.user_id = p_mine.user_id
$$;

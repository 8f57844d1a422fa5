-- spans_of(user, conversation): the numbers, both ends included, between which the user may see the
-- entries of the conversation: the time in it, the history before where it was opened to the user, and
-- not what the user has cleared. An entry outside of all of them does not exist for this user. No two
-- of them overlap; one is empty where its first number is beyond its last. last_seq is the largest
-- number there is while the user is in it. A helper, inlined. Reads membership, past_membership.
create or replace function spans_of(p_user int8, p_conversation int8)
returns table (first_seq int8, last_seq int8)
language sql stable
as $$
    select s.first_seq, s.last_seq
      from membership m cross join lateral span_now(m) s
     where m.conversation_id = p_conversation and m.user_id = p_user
    union all
    select s.first_seq, s.last_seq
      from membership m cross join lateral spans_before(m) s
     where m.conversation_id = p_conversation and m.user_id = p_user
$$;

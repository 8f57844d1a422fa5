-- spans_of(user, conversation): the numbers, both ends included, between which the user may see the
-- entries of the conversation: the time in it, the history before where it was opened to the user, and
-- not what the user has cleared. An entry outside of all of them does not exist for this user. No two
-- of them overlap; one is empty where its first number is beyond its last. last_seq is the largest
-- number there is while the user is in it. A helper, inlined. Reads membership, past_membership.
create or replace function spans_of(p_user int8, p_conversation int8)
returns table (first_seq int8, last_seq int8)
language sql stable
as $$
    select greatest(coalesce(m.history_from, m.joined_rev), m.cleared_seq + 1),
           coalesce(m.left_rev, 9223372036854775807)
      from membership m where m.conversation_id = p_conversation and m.user_id = p_user
    union all
    select greatest(p.joined_rev, m.cleared_seq + 1),
           least(p.left_rev, coalesce(m.history_from, m.joined_rev) - 1)
      from past_membership p
      join membership m on m.conversation_id = p.conversation_id and m.user_id = p.user_id
     where p.conversation_id = p_conversation and p.user_id = p_user
$$;

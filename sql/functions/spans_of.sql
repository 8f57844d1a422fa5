-- spans_of(user, conversation): the numbers, both ends included, between which the user was in
-- the conversation. An entry outside of all of them does not exist for this user. last_seq is
-- the largest number there is while the user is in it. A helper, inlined. Reads membership,
-- past_membership.
create or replace function spans_of(p_user int8, p_conversation int8)
returns table (first_seq int8, last_seq int8)
language sql stable
as $$
    select m.joined_rev, coalesce(m.left_rev, 9223372036854775807)
      from membership m where m.conversation_id = p_conversation and m.user_id = p_user
    union all
    select p.joined_rev, p.left_rev
      from past_membership p where p.conversation_id = p_conversation and p.user_id = p_user
$$;

-- newest_of(conversation, joined_rev, left_rev): the newest entry of a membership's current or
-- last span; no row where nothing was said yet. A helper. Reads message.
create or replace function newest_of(p_conversation int8, p_joined_rev int8, p_left_rev int8)
returns setof message
language sql stable
as $$
    select m.* from message m
     where m.conversation_id = p_conversation and m.seq >= p_joined_rev
       and m.seq <= coalesce(p_left_rev, 9223372036854775807)
     order by m.seq desc
     limit 1
$$;

-- newest_of(user, conversation): the newest entry that the user may see; no row where there is none.
-- A helper, inlined. Reads message.
drop function if exists newest_of(int8, int8, int8);
create or replace function newest_of(p_user int8, p_conversation int8)
returns setof message
language sql stable
as $$
    select m.*
      from spans_of(p_user, p_conversation) s
     cross join lateral (
           select x.* from message x
            where x.conversation_id = p_conversation and x.seq >= s.first_seq and x.seq <= s.last_seq
            order by x.seq desc limit 1) m
     order by m.seq desc
     limit 1
$$;

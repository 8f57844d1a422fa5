-- changed_of(user, conversation, after_rev, max): the entries that the user may see and that
-- changed after the number after_rev, in the order of `rev`, max at most. A helper of history
-- and resync. Reads message: by its key where rev is seq, by message_changed where it is not.
create or replace function changed_of(p_user int8, p_conversation int8, p_after_rev int8, p_max int)
returns setof message
language sql stable
as $$
    select c.*
      from spans_of(p_user, p_conversation) s
     cross join lateral (
           (select m.* from message m
             where m.conversation_id = p_conversation and m.seq > p_after_rev
               and m.seq >= s.first_seq and m.seq <= s.last_seq and m.rev = m.seq
             order by m.seq limit p_max)
           union all
           (select m.* from message m
             where m.conversation_id = p_conversation and m.rev > p_after_rev and m.rev > m.seq
               and m.seq >= s.first_seq and m.seq <= s.last_seq
             order by m.rev limit p_max)) c
     order by c.rev
     limit p_max
$$;

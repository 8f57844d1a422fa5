-- conversation_clear(me, contact_type, contact_id, seq): the entries up to seq are gone, for me alone and
-- for good. Beyond the newest entry that I may see it means that one; it never goes backwards. The
-- conversation's counter stays, and so does who hears what is said next.
-- Problems: not-found: I never was in it, or there is none.
-- outbox: my own event, none where nothing goes. Reads message; writes membership.
create or replace function conversation_clear(p_me int8, p_contact_type text, p_contact_id int8, p_seq int8)
returns table (problem text, field text, outbox int8[])
language plpgsql security definer set search_path = magpie, pg_temp
as $$
declare
    v_conversation int8;
    v_seq          int8;
    v_hidden       bool;
begin
    select c.conversation_id into v_conversation from contact_row(p_me, p_contact_type, p_contact_id) c;
    if not found then
        problem := 'not-found';
        return next;
        return;
    end if;
    perform from membership m
      where m.conversation_id = v_conversation and m.user_id = p_me for no key update;
    v_seq := (select least(p_seq, n.seq) from membership m cross join lateral newest_of(m) n
               where m.conversation_id = v_conversation and m.user_id = p_me);
    -- What came after it was hidden may go now: it has come all the same.
    v_hidden := (select v.hidden from membership m cross join lateral view_of(m) v
                  where m.conversation_id = v_conversation and m.user_id = p_me);
    update membership m
       set cleared_seq = v_seq, hidden_seq = case when v_hidden then m.hidden_seq end
     where m.conversation_id = v_conversation and m.user_id = p_me and m.cleared_seq < v_seq;
    outbox := case when found
        then array[conversation_event(p_me, p_contact_type, p_contact_id, v_conversation)]
        else '{}' end;
    return next;
end
$$;

-- read_mark(me, contact_type, contact_id, seq): I have read up to seq. It never goes backwards,
-- and beyond the newest entry that I may see it means that one. Wherever it is, the conversation is
-- no longer marked as unread.
-- Problems: not-found (contact_id): I never was in it, or there is none.
-- outbox: my events, none if the mark did not move. Reads message; writes membership.
create or replace function read_mark(p_me int8, p_contact_type text, p_contact_id int8, p_seq int8)
returns table (problem text, field text, outbox int8[])
language plpgsql security definer set search_path = magpie, pg_temp
as $$
declare
    v_contact record;
    v_seq     int8;
begin
    outbox := '{}';
    select * into v_contact from contact_row(p_me, p_contact_type, p_contact_id);
    if not found then
        problem := 'not-found';
        field := 'contact_id';
        outbox := null;
    elsif p_seq > v_contact.read_seq then
        select least(p_seq, n.seq) into v_seq
          from newest_of(v_contact.mine) n;
        update membership m set read_seq = v_seq       -- of no row where there is nothing to read
         where m.conversation_id = v_contact.conversation_id and m.user_id = p_me
           and m.read_seq < v_seq;
        if found then
            outbox := outbox || (
                select user_event(p_me, 'read', jsonb_build_object(
                           'contact_type', p_contact_type, 'contact_id', p_contact_id, 'seq', v_seq,
                           'unread', u.unread, 'mentioned', u.mentioned))
                  from membership m
                 cross join lateral unread_of(m, v_seq) u
                 where m.conversation_id = v_contact.conversation_id and m.user_id = p_me);
        end if;
    end if;
    if problem is null then
        update membership m set marked_unread = false
         where m.conversation_id = v_contact.conversation_id and m.user_id = p_me and m.marked_unread;
        if found then
            outbox := outbox || conversation_event(p_me, p_contact_type, p_contact_id, v_contact.conversation_id);
        end if;
    end if;
    return next;
end
$$;

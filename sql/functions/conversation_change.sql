-- conversation_change(me, contact_type, contact_id, pinned, muted, mentions, hidden, marked_unread): my
-- view of a conversation; null leaves each as it is. Nobody else hears of it.
-- Problems: not-found: I never was in it, or there is none.
-- outbox: my own event, none where nothing changes. Reads message; writes membership.
create or replace function conversation_change(
    p_me int8, p_contact_type text, p_contact_id int8, p_pinned bool, p_muted bool, p_mentions bool,
    p_hidden bool, p_marked_unread bool)
returns table (problem text, field text, outbox int8[])
language plpgsql security definer set search_path = magpie, pg_temp
as $$
declare
    v_contact record;
    v_hidden  bool;
begin
    select * into v_contact from contact_row(p_me, p_contact_type, p_contact_id);
    if not found then
        problem := 'not-found';
        return next;
        return;
    end if;
    perform from membership m
      where m.conversation_id = v_contact.conversation_id and m.user_id = p_me for no key update;
    v_hidden := (select v.hidden from membership m cross join lateral view_of(m) v
                  where m.conversation_id = v_contact.conversation_id and m.user_id = p_me);
    -- A message that is being sent just now has a later number than the one read before.
    update membership m
       set pinned = coalesce(p_pinned, m.pinned),
           muted = coalesce(p_muted, m.muted),
           mentions = coalesce(p_mentions, m.mentions),
           marked_unread = coalesce(p_marked_unread, m.marked_unread),
           hidden_seq = case when p_hidden and not v_hidden then v_contact.rev
                             when not p_hidden then null else m.hidden_seq end
     where m.conversation_id = v_contact.conversation_id and m.user_id = p_me
       and (m.pinned <> p_pinned or m.muted <> p_muted or m.mentions <> p_mentions
            or m.marked_unread <> p_marked_unread or v_hidden <> p_hidden);
    outbox := case when found
        then array[conversation_event(p_me, p_contact_type, p_contact_id, v_contact.conversation_id)]
        else '{}' end;
    return next;
end
$$;

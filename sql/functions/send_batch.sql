-- send_batch(sender, contact_type, contact_id, msg, client_id): what workers of before 0016 call. As send_messages,
-- but each row is complete, and each new message has a row of the outbox to itself.
create or replace function send_batch(
    p_sender int8[], p_contact_type text[], p_contact_id int8[], p_msg text[], p_client_id uuid[])
returns table (
    idx int, problem text, field text, repeated bool, outbox_id int8, readers int8[],
    contact_type text, contact_id int8, seq int8, rev int8, kind text, from_id int8, from_name text,
    msg text, "timestamp" text, client_id text, notice text, retry_after_s int, mentions text)
language plpgsql security definer
set search_path = magpie, pg_temp
as $$
#variable_conflict use_column
declare
    v_sent   record;
    v_outbox int8[];                            -- of the new ones, in their order
    v_nth    int := 0;
begin
    for v_sent in
        select s.*, i.sender, i.contact_type, i.contact_id, i.msg, i.client_id, i.n
          from rows from (send_messages(p_sender, p_contact_type, p_contact_id, p_msg, p_client_id)) with ordinality as s
          join unnest(p_sender, p_contact_type, p_contact_id, p_msg, p_client_id)
               with ordinality as i (sender, contact_type, contact_id, msg, client_id, n) on i.n = s.ordinality
         order by i.n
    loop
        idx := v_sent.n;
        problem := v_sent.problem;
        field := v_sent.field;
        retry_after_s := v_sent.retry_after_s;
        contact_type := v_sent.contact_type;
        contact_id := v_sent.contact_id;
        seq := v_sent.seq;
        from_name := v_sent.from_name;
        "timestamp" := v_sent."timestamp";
        mentions := v_sent.mentions;
        repeated := null;
        outbox_id := null;
        readers := null;
        rev := null;
        kind := null;
        from_id := null;
        msg := null;
        client_id := null;
        if problem is null then
            repeated := v_sent.outbox_id is null;
            kind := 'text';
            from_id := v_sent.sender;
            client_id := v_sent.client_id::text;
            rev := coalesce((v_sent.message->>'rev')::int8, seq);
            msg := coalesce(v_sent.message->>'msg', v_sent.msg);
            readers := case when repeated then '{}'
                            when contact_type = 'single' then array[least(from_id, contact_id), greatest(from_id, contact_id)]
                            else v_sent.readers end;
            if not repeated then
                v_outbox := coalesce(v_outbox, outbox_split(array[v_sent.outbox_id]));
                v_nth := v_nth + 1;
                outbox_id := v_outbox[v_nth];
            end if;
        end if;
        return next;
    end loop;
end
$$;

"""How a message loses its words, and keeps what is counted."""

SILENT = '{"kind": "text", "body": ""}'


def silencing(flag: str) -> str:
    """What is SET in `message`; its metadata say `flag` from then on."""
    return f"""
        content = '{SILENT}', media_id = NULL, client_key = NULL, metadata = '{{"{flag}": true}}', reactions = '{{}}',
        version = version + 1,
        error = CASE WHEN error IS NOT NULL
            THEN json_build_object('code', error ->> 'code', 'title', '', 'info', '') END,
        shown = (shown::jsonb || jsonb_build_object(
            'content', '', 'mediaType', NULL, 'media', NULL, 'metadata', jsonb_strip_nulls(jsonb_build_object(
                '{flag}', true, 'kind', 'text',
                'possiblyDoubled', shown::jsonb #> '{{metadata,possiblyDoubled}}',
                'editedAt', shown::jsonb #> '{{metadata,editedAt}}',
                'revokedAt', shown::jsonb #> '{{metadata,revokedAt}}',
                'played', shown::jsonb #> '{{metadata,played}}'
            )),
            'status',
            CASE WHEN status IN ('QUEUED', 'SENDING') THEN 'FAILED' ELSE shown::jsonb ->> 'status' END,
            'error', CASE WHEN error IS NOT NULL
                THEN jsonb_build_object('code', error ->> 'code', 'title', '') END
        ))::text
    """


UNEXPLAINED = "data = jsonb_set(data::jsonb, '{reason}', 'null')::json"
"""What is SET in `milestone`, whose `data` has a reason that a person wrote."""

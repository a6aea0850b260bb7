#!lua flags=no-writes
-- KEYS gen audit audits:<tenant>  ARGV tenant ('' all) before (0: the newest) most bytes
-- -> {gen, next, for each: {seq, at_ms, who, what, tenant, before, after, secrets}}, the newest first | lost
-- next: before which the next page begins, '0' when there is none. A page ends with the entry that comes to so many
-- bytes.
local call, tenant, most, bytes = redis.call, ARGV[1], tonumber(ARGV[3]), tonumber(ARGV[4])
local found = {call('GET', KEYS[1]), '0'}
if not found[1] then return {'lost'} end
local from = ARGV[2] == '0' and '+' or '(' .. ARGV[2]
local rows = {}
if tenant == '' then
  if from ~= '+' then from = from .. '-0' end
  rows = call('XREVRANGE', KEYS[2], from, '-', 'COUNT', most + 1)
else
  if from == '+' then from = '+inf' end
  for _, seq in ipairs(call('ZRANGE', KEYS[3], from, '-inf', 'BYSCORE', 'REV', 'LIMIT', 0, most + 1)) do
    local row = call('XRANGE', KEYS[2], seq .. '-0', seq .. '-0')[1]
    if row then rows[#rows + 1] = row end  -- else it has left the trail
  end
end
local size = 0
for i, row in ipairs(rows) do
  local seq, fields = row[1]:match('^%d+'), row[2]
  if i > most or size >= bytes then found[2] = found[#found][1] break end
  local entry = {seq}
  for k = 2, #fields, 2 do entry[#entry + 1] = fields[k] size = size + #fields[k] end
  found[#found + 1] = entry
end
return found

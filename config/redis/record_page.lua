#!lua flags=no-writes
-- KEYS gen, a stream of records  ARGV after most most_bytes largest -> {gen, now_ms, {{id, {name, value...} | bytes}...}}
-- What stands behind `after`: so many entries, or as many as have so many bytes, and one at least. Of one that is larger
-- than the largest that a node takes: how large it is. The clock is that of the ids.
local R = redis.call
local time = R('TIME')
local most, left, at, page = tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[1], {}
while #page < most do
  local entry = R('XRANGE', KEYS[2], '(' .. at, '+', 'COUNT', 1)[1]
  if not entry then break end
  local bytes = 0
  for _, text in ipairs(entry[2]) do bytes = bytes + #text end
  if bytes > tonumber(ARGV[4]) then entry, bytes = {entry[1], bytes}, 0 end
  if bytes > left and #page > 0 then break end
  left = left - bytes
  page[#page + 1] = entry
  at = entry[1]
end
return {R('GET', KEYS[1]) or '', string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000)), page}

#!lua
-- What is billed of a day by the vendors' lists and that no node knows, the same for all nodes. Of each vendor there
-- stands what was read furthest; of what was read to the end twice the one with fewer unknown calls, whose reader knew
-- more of ours; else the first. Nothing is ever added up. Who has read it for all is done with it.
-- KEYS gen bills:<day> bills_by:<day>
-- ARGV node kept_ms, then of each vendor: name, read (0 none, 1 part, 2 all), how many are unknown, rows
-- -> of each vendor, as they came, what stands from now on: {read, rows} | lost
local R = redis.call
if R('EXISTS', KEYS[1]) == 0 then return {'lost'} end
local stands = {}
for i = 3, #ARGV, 4 do
  local name, read, unknown = ARGV[i], tonumber(ARGV[i + 1]), tonumber(ARGV[i + 2])
  local was = R('HMGET', KEYS[2], name .. ':read', name .. ':unknown', name .. ':rows')
  local was_read, was_unknown = tonumber(was[1] or 0), tonumber(was[2] or 0)
  if read > was_read or (read == 2 and was_read == 2 and unknown < was_unknown) then
    R('HSET', KEYS[2], name .. ':read', ARGV[i + 1], name .. ':unknown', ARGV[i + 2], name .. ':rows', ARGV[i + 3])
    R('PEXPIRE', KEYS[2], ARGV[2])
    stands[#stands + 1] = {ARGV[i + 1], ARGV[i + 3]}
  else
    stands[#stands + 1] = {was[1] or '0', was[3] or '[]'}
  end
end
if R('GET', KEYS[3]) == ARGV[1] then R('DEL', KEYS[3]) end
return stands

-- Comes before the code of a custom window: the names of the script to and from those of fields.
function __custom_init__()
  if type(init) == "function" then init(__settings) end
end

function __custom_create__(data, context)
  local given = {}
  for name, value in pairs(data) do given[name] = value end
  for name, field in pairs(__input) do given[name] = data[field] end
  return __custom_rename__(create(given, context))
end

function __custom_heartbeat__(context)
  if type(heartbeat) == "function" then return __custom_rename__(heartbeat(context)) end
end

function __custom_rename__(made)
  if type(made) ~= "table" then return made end
  if #made > 0 then
    local list = {}
    for i, event in ipairs(made) do list[i] = __custom_rename__(event) end
    return list
  end
  local event = {}
  for name, value in pairs(made) do
    if __output[name] == nil then event[name] = value end
  end
  for name, field in pairs(__output) do
    if made[name] ~= nil then event[field] = made[name] end
  end
  return event
end

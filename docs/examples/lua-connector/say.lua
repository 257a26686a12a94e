function subscribe(events, context)
  for _, event in ipairs(events) do
    print(context.window .. ": " .. event._opcode .. " " .. event.n .. " " .. event.square)
  end
end

"""A presenter who is drawn, not filmed: nobody's likeness, and every fact about the picture is known.

    identity       who it is: face, hair, clothes, room, light, all drawn from a seed
    articulation   what the mouth does: phonemes in, one mouth shape a frame out
    motion         what the head and eyes do meanwhile
    figure         the presenter, painted once and then moved: one picture for each frame

and the painter's rooms: canvas, sculpt, light, skin, ears, whiskers, haircut, hair, spectacles, wardrobe,
backdrop, eyes, mouth, cavity. Lengths on the
figure are centimetres: x to the picture's right, y up, z towards the camera, from a point between the eyes
and the mouth; the face is about 18 cm from forehead to chin.
"""
